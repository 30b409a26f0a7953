package dev.workerpool.operator.metrics;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.operator.report.ReplicaReports;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.Replica.State;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Meters of each pool as a whole: from its status, from its replicas, and from what these tell of their load, read when
 * somebody looks. They go when the pool goes.
 */
public final class PoolMetrics {

    private static final class Entry {
        private final WorkerPool pool;
        private volatile WorkerPoolStatus status;
        private volatile int desired;
        private volatile Map<State, Long> states;
        private List<Meter.Id> meters;

        private Entry(WorkerPool pool) {
            this.pool = pool;
        }
    }

    private final MeterRegistry registry;
    private final ReplicaReports reports;
    private final Map<String, Entry> pools = new ConcurrentHashMap<>();

    public PoolMetrics(MeterRegistry registry, ReplicaReports reports) {
        this.registry = registry;
        this.reports = reports;
    }

    public void update(WorkerPool pool, WorkerPoolStatus status, Collection<Replica> replicas) {
        Entry entry = pools.computeIfAbsent(pool.getMetadata().getUid(), uid -> new Entry(pool));
        entry.status = status;
        entry.desired = pool.getSpec().replicas();
        entry.states = replicas.stream().collect(Collectors.groupingBy(Replica::state, Collectors.counting()));
        if (entry.meters == null) {
            entry.meters = register(entry);
        }
    }

    public void forget(WorkerPool pool) {
        Entry entry = pools.remove(pool.getMetadata().getUid());
        if (entry != null && entry.meters != null) {
            entry.meters.forEach(registry::remove);
        }
    }

    private List<Meter.Id> register(Entry entry) {
        Tags tags = Tags.of(
                "namespace", entry.pool.getMetadata().getNamespace(),
                "pool", entry.pool.getMetadata().getName());
        List<Meter.Id> meters = new ArrayList<>();
        meters.add(gauge("desired.replicas", "Replicas asked for", tags, entry, e -> e.desired));
        meters.add(gauge("replicas", "Replicas that exist", tags, entry, e -> e.status.replicas()));
        meters.add(gauge("ready.replicas", "Replicas that take tasks", tags, entry, e -> e.status.readyReplicas()));
        for (State state : State.values()) {
            Tags ofState = tags.and("state", state.name().toLowerCase(Locale.ROOT));
            meters.add(gauge(
                    "replica.states", "Replicas by state", ofState, entry, e -> e.states.getOrDefault(state, 0L)));
        }
        meters.add(gauge("threads", "Threads of all Ready replicas", tags, entry, e -> e.status.threads()));
        meters.add(gauge("active", "Tasks that run", tags, entry, e -> reports.load(e.pool)
                .active()));
        meters.add(gauge("queued", "Tasks that wait for a thread", tags, entry, e -> reports.load(e.pool)
                .queued()));
        meters.add(
                gauge("restarts", "Worker restarts since the pool was created", tags, entry, e -> e.status.restarts()));
        meters.add(FunctionCounter.builder("workerpool.pool.rejected", entry, e -> reports.rejected(e.pool))
                .description("Tasks that replicas refused, since the operator started")
                .tags(tags)
                .register(registry)
                .getId());
        return meters;
    }

    private Meter.Id gauge(String name, String description, Tags tags, Entry entry, ToDoubleFunction<Entry> value) {
        return Gauge.builder("workerpool.pool." + name, entry, value)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry)
                .getId();
    }
}
