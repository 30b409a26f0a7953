package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.AutoscalingSpec;
import dev.workerpool.api.v1alpha1.AutoscalingStatus;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolSpec;
import dev.workerpool.operator.desired.Amounts;
import dev.workerpool.operator.policy.Advice;
import dev.workerpool.operator.policy.Advice.Reason;
import dev.workerpool.operator.policy.Autoscaler;
import dev.workerpool.operator.policy.Demand;
import dev.workerpool.operator.report.ReplicaReports;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.Replica.State;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the autoscaler of each pool that has one, once a second, and wakes the pool's reconciliation when its advice
 * changes. Each pass brings what the autoscaler goes by up to date and takes the advice; between passes one thread ticks
 * for all pools and only computes.
 */
final class AutoscaledPools extends AbstractEventSource<Advice, WorkerPool> {

    private static final Logger LOG = LoggerFactory.getLogger(AutoscaledPools.class);

    private static final Duration TICK = Duration.ofSeconds(1);

    /**
     * A replica that turned Ready is asked at once, and answers within this, busy as its node may be. One that did not is taken for
     * as busy as the others, like any that is silent.
     */
    private static final Duration NEW = Duration.ofSeconds(10);

    /** A pool as the last pass saw it. */
    private record Seen(AutoscalingSpec spec, int threads, List<Replica> ready) {}

    private static final class Entry {
        private final Autoscaler autoscaler;
        private volatile Seen seen;

        private Entry(Autoscaler autoscaler) {
            this.autoscaler = autoscaler;
        }
    }

    private final Map<ResourceID, Entry> pools = new ConcurrentHashMap<>();
    private final ReplicaReports reports;
    private final Clock clock;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("autoscaling").factory());

    AutoscaledPools(ReplicaReports reports, Clock clock) {
        super(Advice.class, "autoscaling");
        this.reports = reports;
        this.clock = clock;
    }

    @Override
    public void start() {
        super.start();
        ticker.scheduleAtFixedRate(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * What autoscaling advises for the pool now; empty when it has none or is stopped.
     *
     * @param lastTold the Deployment as it is: autoscaling starts from its number
     */
    Optional<Advice> advice(WorkerPool pool, List<Replica> replicas, Optional<Deployment> lastTold, Instant now) {
        ResourceID id = ResourceID.fromResource(pool);
        AutoscalingSpec spec = pool.getSpec().autoscaling();
        if (spec == null || pool.getSpec().replicas() == 0) {
            pools.remove(id);
            return Optional.empty();
        }
        Entry entry = pools.computeIfAbsent(id, _ -> new Entry(new Autoscaler(start(pool, lastTold, now), now)));
        boolean newSpec = entry.seen == null || !entry.seen.spec().equals(spec);
        entry.seen = new Seen(
                spec,
                Amounts.threads(pool.getSpec().threads(), pool.getSpec().resources()),
                replicas.stream()
                        .filter(replica -> replica.state() == State.READY)
                        .toList());
        // New bounds hold at once. Else the ticks look at the load, so that many passes do not give a moment more
        // weight.
        return Optional.of(newSpec ? ask(entry) : current(entry));
    }

    private static Advice current(Entry entry) {
        synchronized (entry) {
            return entry.autoscaler.advice();
        }
    }

    void forget(WorkerPool pool) {
        pools.remove(ResourceID.fromResource(pool));
    }

    /**
     * From as many as there are, with the reason that was told last if it was for as many. A Deployment that is there may not
     * be seen, when somebody took its label off: what was advised last is what it has.
     */
    private static Advice start(WorkerPool pool, Optional<Deployment> lastTold, Instant now) {
        WorkerPoolSpec spec = pool.getSpec();
        AutoscalingStatus told =
                pool.getStatus() == null ? null : pool.getStatus().autoscaling();
        int there = lastTold.map(deployment -> deployment.getSpec().getReplicas())
                .or(() -> Optional.ofNullable(told).map(AutoscalingStatus::advisedReplicas))
                .filter(number -> number > 0 && spec.autoscaling().decides())
                .orElse(spec.replicas());
        if (told != null && told.advisedReplicas() != null && told.at() != null) {
            boolean stands = !spec.autoscaling().decides() || told.advisedReplicas() == there;
            Optional<Reason> reason = stands ? reason(told.reason()) : Optional.empty();
            if (reason.isPresent()) {
                return new Advice(told.advisedReplicas(), reason.get(), told.message(), Instant.parse(told.at()));
            }
        }
        int replicas = Math.clamp(
                there, spec.autoscaling().minReplicas(), spec.autoscaling().maxReplicas());
        return new Advice(replicas, Reason.Start, "autoscaling starts from the " + there + " replicas there are", now);
    }

    private static Optional<Reason> reason(String name) {
        return List.of(Reason.values()).stream()
                .filter(reason -> reason.name().equals(name))
                .findFirst();
    }

    /** By the clock itself, in turn: a pass may have begun before the last tick. */
    private Advice ask(Entry entry) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Seen seen = entry.seen;
        Demand demand = demand(seen, now);
        synchronized (entry) {
            return entry.autoscaler.advise(seen.spec(), demand, now);
        }
    }

    private Demand demand(Seen seen, Instant now) {
        Map<Boolean, List<Replica>> ready =
                seen.ready().stream().collect(Collectors.partitioningBy(replica -> isUnheard(replica, now)));
        return Demand.of(
                ready.get(false).stream().map(reports::freshLoad).toList(),
                ready.get(true).size(),
                seen.threads());
    }

    /** Only while it is new: an operator that has just started has heard of nobody. */
    private boolean isUnheard(Replica replica, Instant now) {
        boolean isNew =
                replica.readyAt().filter(since -> since.plus(NEW).isAfter(now)).isPresent();
        return isNew && reports.of(replica).isEmpty();
    }

    private void tick() {
        pools.forEach((id, entry) -> {
            try {
                if (entry.seen != null && changes(entry)) {
                    getEventHandler().handleEvent(new Event(id));
                }
            } catch (RuntimeException e) {
                // One that escapes would end the ticking of all pools.
                LOG.warn("Pool {} could not be autoscaled", id, e);
            }
        });
    }

    private boolean changes(Entry entry) {
        Advice before = current(entry);
        return !ask(entry).equals(before);
    }

    @Override
    public Set<Advice> getSecondaryResources(WorkerPool pool) {
        return Set.of();
    }

    @Override
    public void stop() {
        super.stop();
        ticker.shutdownNow();
    }
}
