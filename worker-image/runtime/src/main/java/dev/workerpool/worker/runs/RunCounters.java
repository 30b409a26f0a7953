package dev.workerpool.worker.runs;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.DoubleSupplier;

/** What the store counts. */
final class RunCounters {
    /** Why a run that was over is no longer kept. */
    enum Eviction {
        AGE,
        NUMBER,
        BYTES
    }

    private final CounterDataPoint[] evicted = new CounterDataPoint[Eviction.values().length];

    RunCounters(PrometheusRegistry registry, RunStore store) {
        gauge(registry, "workerpool_runs_retained", "Runs over whose outcome is kept", store::retained);
        gauge(
                registry,
                "workerpool_runs_retained_bytes",
                "Memory for bodies, events, messages and results of runs that can be asked for",
                store::bytes);
        Counter counter = Counter.builder()
                .name("workerpool_runs_evicted_total")
                .help("Runs over that are no longer kept, by what there was too much of")
                .labelNames("reason")
                .register(registry);
        for (Eviction eviction : Eviction.values()) {
            evicted[eviction.ordinal()] = counter.labelValues(eviction.name().toLowerCase(java.util.Locale.ROOT));
        }
    }

    private static void gauge(PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    void evicted(Eviction why) {
        evicted[why.ordinal()].inc();
    }
}
