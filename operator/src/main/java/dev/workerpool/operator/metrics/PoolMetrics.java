package dev.workerpool.operator.metrics;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** Gauges of each pool, from its status; they go when the pool goes. */
public final class PoolMetrics {

    private static final class Entry {
        private volatile WorkerPoolStatus status;
        private volatile int desired;
        private List<Meter.Id> gauges;
    }

    private final MeterRegistry registry;
    private final Map<String, Entry> pools = new ConcurrentHashMap<>();

    public PoolMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    public void update(WorkerPool pool, WorkerPoolStatus status) {
        Entry entry = pools.computeIfAbsent(pool.getMetadata().getUid(), uid -> new Entry());
        entry.status = status;
        entry.desired = pool.getSpec().replicas();
        if (entry.gauges == null) {
            entry.gauges = register(pool, entry);
        }
    }

    public void forget(WorkerPool pool) {
        Entry entry = pools.remove(pool.getMetadata().getUid());
        if (entry != null && entry.gauges != null) {
            entry.gauges.forEach(registry::remove);
        }
    }

    private List<Meter.Id> register(WorkerPool pool, Entry entry) {
        Tags tags = Tags.of(
                "namespace", pool.getMetadata().getNamespace(),
                "pool", pool.getMetadata().getName());
        return List.of(
                gauge("workerpool.pool.desired.replicas", "Replicas asked for", tags, entry, e -> e.desired),
                gauge("workerpool.pool.replicas", "Replicas that exist", tags, entry, e -> e.status.replicas()),
                gauge(
                        "workerpool.pool.ready.replicas",
                        "Replicas that take tasks",
                        tags,
                        entry,
                        e -> e.status.readyReplicas()),
                gauge("workerpool.pool.threads", "Threads of all Ready replicas", tags, entry, e -> e.status.threads()),
                gauge(
                        "workerpool.pool.restarts",
                        "Worker restarts since the pool was created",
                        tags,
                        entry,
                        e -> e.status.restarts()));
    }

    private Meter.Id gauge(String name, String description, Tags tags, Entry entry, ToDoubleFunction<Entry> value) {
        return Gauge.builder(name, entry, value)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry)
                .getId();
    }
}
