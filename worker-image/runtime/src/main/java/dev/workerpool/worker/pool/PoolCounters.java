package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskEntry;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** What the pool counts. The data points of each task type are looked up once, so that a run pays for adding only. */
public final class PoolCounters {
    private static final double[] SECONDS = {
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
    };
    private static final double NANOS = 1e-9;

    /** Runs that the mean remembers. */
    private static final int MEMORY = 16;

    private final PrometheusRegistry registry;
    private final CounterDataPoint[] refused = new CounterDataPoint[Refusal.values().length];
    private final Counter runs;

    /**
     * Of the last runs, those longer ago counting less. Written by all worker threads without care, for that costs them
     * nothing: one of two at the same time is lost, which the mean of the others survives.
     */
    private long meanRunNanos;

    private final Counter replaced;
    private final Counter leftBehind;
    private final PerTask[] tasks;

    /** Indexed like the catalog. */
    private record PerTask(
            DistributionDataPoint waited,
            DistributionDataPoint ran,
            CounterDataPoint allocated,
            CounterDataPoint succeeded) {}

    PoolCounters(PrometheusRegistry registry, Collection<TaskEntry> entries) {
        this.registry = registry;
        Counter rejected = counter(registry, "workerpool_rejected_total", "Runs refused, by reason", "reason");
        for (Refusal refusal : Refusal.values()) {
            refused[refusal.ordinal()] = rejected.labelValues(refusal.label());
        }
        runs = counter(
                registry,
                "workerpool_runs_total",
                "Runs that had a thread, by task type and outcome",
                "task",
                "outcome");
        replaced = counter(
                registry,
                "workerpool_threads_replaced_total",
                "Threads replaced: after System.exit, after an Error, or because their run would not stop",
                "reason");
        Histogram waited = histogram("workerpool_wait_seconds", "Time runs were queued", registry);
        Histogram ran = histogram("workerpool_run_seconds", "Time runs were active", registry);
        Counter allocated = counter(
                registry,
                "workerpool_allocated_bytes_total",
                "Heap allocated by the threads of runs, by task type",
                "task");
        leftBehind = counter(
                registry,
                "workerpool_left_behind_total",
                "Threads, timers and executors at work that runs left behind, by task type",
                "task");
        tasks = new PerTask[entries.size()];
        for (TaskEntry entry : entries) {
            tasks[entry.index()] = new PerTask(
                    waited.labelValues(entry.type()),
                    ran.labelValues(entry.type()),
                    allocated.labelValues(entry.type()),
                    runs.labelValues(entry.type(), "succeeded"));
        }
    }

    void gauge(String name, String help, LongSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsLong()))
                .register(registry);
    }

    private static Histogram histogram(String name, String help, PrometheusRegistry registry) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames("task")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .withoutExemplars()
                .register(registry);
    }

    /** Exemplars are for traces that the library knows of, and of ours it does not; looking for one costs each run. */
    private static Counter counter(PrometheusRegistry registry, String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    /** Also called from outside the pool, for what is refused before it becomes a run. */
    public void refused(Refusal why) {
        refused[why.ordinal()].inc();
    }

    void leftBehind(Run run, int count) {
        leftBehind.labelValues(run.task().type()).inc(count);
    }

    void replaced(String reason) {
        replaced.labelValues(reason).inc();
    }

    /**
     * @param nanos for which the thread was active, also beyond the outcome
     * @param allocated bytes, by the thread; those of a thread that is given up are not known
     */
    void ran(Run run, long nanos, long allocated) {
        meanRunNanos += (nanos - meanRunNanos) / MEMORY;
        Outcome outcome = run.outcome();
        PerTask task = tasks[run.task().index()];
        task.waited().observe(run.waitNanos() * NANOS);
        task.ran().observe(nanos * NANOS);
        task.allocated().inc(allocated);
        if (outcome instanceof Outcome.Succeeded) {
            task.succeeded().inc();
        } else {
            runs.labelValues(run.task().type(), label(outcome)).inc();
        }
    }

    /** How long runs have taken of late; 0 before the first. */
    public long meanRunNanos() {
        return meanRunNanos;
    }

    static String label(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Succeeded s -> "succeeded";
            case Outcome.InvalidInput i -> "invalid-input";
            case Outcome.Failed f -> "failed";
            case Outcome.Stopped s -> "stopped";
            case Outcome.TimedOut t -> "timed-out";
            case Outcome.AllocationExceeded a -> "allocation-exceeded";
            case Outcome.WaitExceeded w -> "wait-exceeded";
            case Outcome.Refused r -> "task-refused";
            case Outcome.Cancelled c -> "cancelled";
            case Outcome.Drained d -> "drained";
        };
    }

    public Map<String, Long> refusals() {
        var counts = new LinkedHashMap<String, Long>();
        for (Refusal refusal : Refusal.values()) {
            counts.put(refusal.label(), (long) refused[refusal.ordinal()].get());
        }
        return counts;
    }

    public long completed() {
        return (long) runs.collect().getDataPoints().stream()
                .mapToDouble(point -> point.getValue())
                .sum();
    }
}
