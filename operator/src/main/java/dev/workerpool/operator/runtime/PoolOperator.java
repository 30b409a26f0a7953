package dev.workerpool.operator.runtime;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.control.ControlKey;
import dev.workerpool.operator.desired.Release;
import dev.workerpool.operator.reconciler.WorkerPoolReconciler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.RuntimeInfo;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import io.javaoperatorsdk.operator.health.Status;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The framework's operator with our reconciler in it. Starts watching and writing with {@link #start}; {@link #close}
 * lets the running passes end first. For one use.
 */
public final class PoolOperator implements AutoCloseable {

    private static final Duration PASSES_END = Duration.ofSeconds(10);

    /**
     * A watch that cannot be opened, for want of a right or of a namespace, must not keep the others from starting: it is
     * tried again for ever.
     */
    private static final Duration FIRST_SYNC = Duration.ofSeconds(10);

    /** Passes at once, and children of one pass: the framework's default of fifty each is a hundred threads that wait. */
    private static final int AT_ONCE = 10;

    /**
     * The registry holds what they read weakly, and a second gauge of a name is not taken: those of one operator have to go before
     * the next one's come, or read as no number for good. Counters and timers count on.
     */
    private static final Set<String> GAUGES = Set.of(
            MicrometerMetricsV2.RECONCILIATIONS_EXECUTIONS_GAUGE,
            MicrometerMetricsV2.RECONCILIATIONS_QUEUE_SIZE_GAUGE,
            MicrometerMetricsV2.NUMBER_OF_RESOURCE_GAUGE);

    private final Operator operator;
    private final WorkerPoolReconciler reconciler;
    private final PrometheusMeterRegistry meters;

    /**
     * @param namespaces to watch; none means all
     * @param whileBlocked pause between looks at a pool of which a child cannot be made
     */
    public PoolOperator(
            KubernetesClient client,
            Release release,
            ControlKey controlKey,
            String instance,
            Set<String> namespaces,
            Duration whileBlocked,
            PrometheusMeterRegistry meters) {
        this.meters = meters;
        this.operator = new Operator(overrider -> overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withResourceCloner(PoolOperator::copied)
                .withStopOnInformerErrorDuringStartup(false)
                .withCacheSyncTimeout(FIRST_SYNC)
                .withConcurrentReconciliationThreads(AT_ONCE)
                .withConcurrentWorkflowExecutorThreads(AT_ONCE)
                .withReconciliationTerminationTimeout(PASSES_END)
                .withMetrics(MicrometerMetricsV2.newBuilder(meters).build()));
        this.reconciler = new WorkerPoolReconciler(
                client, release, controlKey, instance, whileBlocked, meters.getPrometheusRegistry(), Clock.systemUTC());
        operator.register(reconciler, controller -> {
            controller.withRetry(retry());
            if (!namespaces.isEmpty()) {
                controller.settingNamespaces(namespaces);
            }
        });
    }

    /**
     * For a pass, of a pool, and nothing else is copied. A pass may replace spec and status as a whole, and cannot change them,
     * so they are shared.
     */
    @SuppressWarnings("unchecked")
    private static <R extends HasMetadata> R copied(R pool) {
        var copy = new WorkerPool();
        copy.setMetadata(new ObjectMetaBuilder(pool.getMetadata()).build());
        copy.setSpec(((WorkerPool) pool).getSpec());
        copy.setStatus(((WorkerPool) pool).getStatus());
        return (R) copy;
    }

    /** The framework's default gives up after five attempts; an outage may last longer than any number of them. */
    private static GenericRetry retry() {
        return new GenericRetry()
                .withoutMaxAttempts()
                .setInitialInterval(Duration.ofMillis(500))
                .setIntervalMultiplier(2)
                .setMaxInterval(Duration.ofMinutes(1).toMillis());
    }

    public void start() {
        operator.start();
    }

    /** Whether every watch of one namespace at least has its first list and runs: one that is closed does not close the others. */
    public boolean isSynced() {
        RuntimeInfo info = operator.getRuntimeInfo();
        Map<String, Boolean> namespaces = new HashMap<>();
        for (RegisteredController<?> controller : info.getRegisteredControllers()) {
            for (InformerWrappingEventSourceHealthIndicator<?> source : controller
                    .getControllerHealthInfo()
                    .informerEventSourceHealthIndicators()
                    .values()) {
                source.informerHealthIndicators()
                        .forEach((namespace, watch) ->
                                namespaces.merge(namespace, watch.getStatus() == Status.HEALTHY, Boolean::logicalAnd));
            }
        }
        return info.isStarted() && namespaces.containsValue(true);
    }

    @Override
    public void close() {
        operator.stop();
        reconciler.close();
        meters.getMeters().stream()
                .filter(meter -> GAUGES.contains(meter.getId().getName()))
                .forEach(meters::remove);
    }
}
