package dev.workerpool.operator.runtime;

import dev.workerpool.operator.control.ControlKey;
import dev.workerpool.operator.desired.Release;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the operators of an installation: starts working when it comes to lead, stops when it no longer does, and stands
 * again, for losing the lease in an outage is no reason to end the process. One control thread does all of it, in the
 * order it came. {@link #close} returns when the passes have ended and the lease is given back.
 */
public final class Candidate implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Candidate.class);

    private static final Duration TRY_AGAIN = Duration.ofSeconds(5);
    private static final Duration WHILE_BLOCKED = Duration.ofSeconds(15);
    private static final Duration STOPPED_BY = Duration.ofSeconds(20);

    private final Settings settings;
    private final ControlKey controlKey;
    private final PrometheusMeterRegistry meters;
    private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("operator-control").factory());
    private final ExecutorService election = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("leader-election-", 0).factory());
    private final RefusedWatches refusedWatches = new RefusedWatches(System::nanoTime);
    private final KubernetesClient client;
    private final Lease lease;

    private Leadership leadership;
    private volatile PoolOperator operator;
    private volatile boolean started;
    private volatile boolean stopping;

    public Candidate(Config cluster, Settings settings, PrometheusMeterRegistry meters) {
        this.settings = settings;
        this.controlKey = new ControlKey(settings.controlKeyFile());
        this.meters = meters;
        this.lease = new Lease(settings.operatorNamespace(), settings.operatorPod(), System::nanoTime);
        this.client = client(cluster);
        Gauge.builder(RefusedWatches.METRIC, refusedWatches, RefusedWatches::count)
                .description("Kinds, in a namespace each or in all, that the operator may not list or watch")
                .register(meters);
    }

    public void start() {
        control.execute(settings.leaderElection() ? this::stand : this::lead);
        started = true;
    }

    @Override
    public void close() {
        stopping = true;
        control.execute(this::stop);
        control.shutdown();
        try {
            if (!control.awaitTermination(STOPPED_BY.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("Stopping took too long; the lease may have to run out");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        election.shutdownNow();
        client.close();
    }

    private KubernetesClient client(Config cluster) {
        Config config = new ConfigBuilder(cluster)
                .withConnectionTimeout(5_000)
                .withRequestTimeout(10_000)
                // A pass that fails is tried again as a whole; within it a hiccup may be waited out, an outage not.
                .withRequestRetryBackoffLimit(3)
                .withUserAgent("workerpool-operator")
                .build();
        return OperatorClient.of(config, new Fence(this::mayWrite), refusedWatches);
    }

    private boolean mayWrite() {
        return !settings.leaderElection() || lease.holds();
    }

    private void stand() {
        leadership =
                new Leadership(client, lease, election, () -> onControl(this::lead), () -> onControl(this::standAgain));
        leadership.stand();
    }

    private void standAgain() {
        if (!stopping) {
            LOG.info("This operator leads no longer");
            closeOperator();
            stand();
        }
    }

    private void lead() {
        if (stopping || operator != null) {
            return;
        }
        var starting = new PoolOperator(
                client,
                new Release(Build.id(), settings.workerImage(), settings.operatorNamespace())
                        .loggingAs(settings.workerLogFormat()),
                controlKey,
                settings.operatorPod(),
                settings.watchNamespaces().orElse(Set.of()),
                WHILE_BLOCKED,
                meters);
        try {
            starting.start();
            operator = starting;
        } catch (RuntimeException e) {
            LOG.warn("Could not start; trying again in {} s", TRY_AGAIN.toSeconds(), e);
            starting.close();
            control.schedule(this::lead, TRY_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void stop() {
        closeOperator();
        if (leadership != null) {
            leadership.close();
        }
    }

    private void closeOperator() {
        if (operator != null) {
            operator.close();
            operator = null;
        }
    }

    private void onControl(Runnable step) {
        if (!control.isShutdown()) {
            control.execute(step);
        }
    }

    public boolean isStarted() {
        return started;
    }

    /** Whether this one leads and sees what it has to see, or is ready to take over. */
    public boolean isReady() {
        PoolOperator leading = operator;
        boolean standsBy = settings.leaderElection() && !lease.holds();
        return started && !stopping && (leading == null ? standsBy : leading.isSynced());
    }

    /** Whether the control thread still lives; without it nothing would ever start again. */
    public boolean isAlive() {
        return stopping || !control.isShutdown();
    }
}
