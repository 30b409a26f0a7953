package dev.workerpool.operator.metrics;

import static java.util.Objects.requireNonNullElse;

import dev.workerpool.api.v1alpha1.SettingsStatus;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.operator.report.ReplicaReports;
import dev.workerpool.operator.status.Load;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.Replica.State;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Metrics of each pool as a whole: from its status, from its replicas, and from what these tell of their load, put together
 * when somebody looks. They go when the pool goes. A gauge for each number of each pool would, with thousands of pools, take
 * more memory than all that is known of them.
 */
public final class PoolMetrics extends Collector implements AutoCloseable {

    private static final String PREFIX = "workerpool_pool_";

    /**
     * @param trusted how many running replicas trust these keys: which of them is the newest may change at any time
     * @param states replicas by state, in the order of the states
     * @param findings without what is told in many words
     */
    private record Numbers(
            ResourceID pool,
            int desired,
            int replicas,
            int ready,
            int threads,
            int restarts,
            int withSettings,
            int pending,
            Map<String, Integer> trusted,
            int[] states,
            List<Finding> findings) {

        private int withoutKey(String newest) {
            return trusted.entrySet().stream()
                    .filter(entry -> !List.of(entry.getKey().split(" ")).contains(newest))
                    .mapToInt(Map.Entry::getValue)
                    .sum();
        }

        private List<String> labels() {
            return List.of(pool.getNamespace().orElse(""), pool.getName());
        }

        private List<String> labels(State state) {
            return labels(state.name().toLowerCase(Locale.ROOT));
        }

        private List<String> labels(Finding finding) {
            return List.of(pool.getNamespace().orElse(""), pool.getName(), finding.type(), finding.reason());
        }

        private List<String> labels(String more) {
            return List.of(pool.getNamespace().orElse(""), pool.getName(), more);
        }
    }

    /** A condition of a pool. */
    private record Finding(String type, String reason, boolean isTrue) {}

    private final CollectorRegistry registry;
    private final ReplicaReports reports;
    private final Supplier<Optional<String>> newestKey;
    private final Map<String, Numbers> pools = new ConcurrentHashMap<>();

    /** @param newestKey the one that all replicas are to know in the end, as of now */
    public PoolMetrics(CollectorRegistry registry, ReplicaReports reports, Supplier<Optional<String>> newestKey) {
        this.registry = registry;
        this.reports = reports;
        this.newestKey = newestKey;
        registry.register(this);
    }

    /** @param status of a pool whose spec is understood or not: then it may lack what was never known */
    public void update(WorkerPool pool, WorkerPoolStatus status, Collection<Replica> replicas) {
        Optional<SettingsStatus> settings = Optional.ofNullable(status.settings());
        var states = new int[State.values().length];
        replicas.forEach(replica -> states[replica.state().ordinal()]++);
        pools.put(
                pool.getMetadata().getUid(),
                new Numbers(
                        ResourceID.fromResource(pool),
                        requireNonNullElse(status.desiredReplicas(), 0),
                        status.replicas(),
                        status.readyReplicas(),
                        status.threads(),
                        status.restarts(),
                        settings.map(SettingsStatus::replicas).orElse(0),
                        settings.map(SettingsStatus::pending).orElse(0),
                        trusted(replicas),
                        states,
                        status.conditions().stream()
                                .map(condition -> new Finding(
                                        condition.type(),
                                        condition.reason(),
                                        condition.status().equals("True")))
                                .toList()));
    }

    private static Map<String, Integer> trusted(Collection<Replica> replicas) {
        return replicas.stream()
                .filter(Replica::isRunning)
                .collect(Collectors.toMap(replica -> replica.environment().trustedKeys(), _ -> 1, Integer::sum));
    }

    public void forget(WorkerPool pool) {
        pools.remove(pool.getMetadata().getUid());
    }

    @Override
    public List<MetricFamilySamples> collect() {
        var desired = gauge("desired_replicas", "Replicas asked for");
        var replicas = gauge("replicas", "Replicas that exist");
        var ready = gauge("ready_replicas", "Replicas that take tasks");
        var states = gauge("replica_states", "Replicas by state", "state");
        var conditions = gauge(
                "condition",
                "1 where the pool's condition of this type is true, for this reason",
                "condition",
                "reason");
        var settings = gauge("settings_replicas", "Running replicas by the settings they run", "settings");
        var oldKey = gauge("replicas_old_key", "Running replicas that do not know the newest control key");
        var threads = gauge("threads", "Threads of all Ready replicas");
        var active = gauge("active", "Tasks that run");
        var queued = gauge("queued", "Tasks that wait for a thread");
        var restarts = gauge("restarts", "Worker restarts since the pool was created");
        var rejected = new CounterMetricFamily(
                PREFIX + "rejected", "Tasks that replicas refused, since the operator started", labels());
        Optional<String> newest = newestKey.get();
        for (Numbers numbers : pools.values()) {
            List<String> labels = numbers.labels();
            desired.addMetric(labels, numbers.desired());
            replicas.addMetric(labels, numbers.replicas());
            ready.addMetric(labels, numbers.ready());
            Arrays.stream(State.values())
                    .forEach(state -> states.addMetric(numbers.labels(state), numbers.states()[state.ordinal()]));
            numbers.findings()
                    .forEach(finding -> conditions.addMetric(numbers.labels(finding), finding.isTrue() ? 1 : 0));
            settings.addMetric(numbers.labels("newest"), numbers.withSettings());
            settings.addMetric(numbers.labels("older"), numbers.pending());
            oldKey.addMetric(labels, newest.map(numbers::withoutKey).orElse(0));
            threads.addMetric(labels, numbers.threads());
            Load load = reports.load(numbers.pool());
            active.addMetric(labels, load.active());
            queued.addMetric(labels, load.queued());
            restarts.addMetric(labels, numbers.restarts());
            rejected.addMetric(labels, reports.rejected(numbers.pool()));
        }
        return List.of(
                desired,
                replicas,
                ready,
                states,
                conditions,
                settings,
                oldKey,
                threads,
                active,
                queued,
                restarts,
                rejected);
    }

    private static GaugeMetricFamily gauge(String name, String help, String... moreLabels) {
        return new GaugeMetricFamily(PREFIX + name, help, labels(moreLabels));
    }

    private static List<String> labels(String... more) {
        List<String> labels = new ArrayList<>(List.of("namespace", "pool"));
        labels.addAll(List.of(more));
        return labels;
    }

    @Override
    public void close() {
        registry.unregister(this);
    }
}
