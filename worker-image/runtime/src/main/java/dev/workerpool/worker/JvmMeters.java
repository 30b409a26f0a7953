package dev.workerpool.worker;

import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmCompilationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryPoolAllocationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/**
 * The metrics of a worker, those of its JVM among them. The latter need the JDK's management, which takes a while to come up,
 * so they are not there before they are asked for or {@link #prepare prepared}. Thread-safe.
 */
final class JvmMeters {
    private final PrometheusRegistry registry;
    private boolean registered;

    JvmMeters(PrometheusRegistry registry) {
        this.registry = registry;
    }

    /**
     * All that the library has but native memory: that has something to tell only where the JVM tracks it, and looking
     * whether it does brings up the whole Flight Recorder.
     */
    synchronized void prepare() {
        if (registered) {
            return;
        }
        JvmThreadsMetrics.builder().register(registry);
        JvmBufferPoolMetrics.builder().register(registry);
        JvmClassLoadingMetrics.builder().register(registry);
        JvmCompilationMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmMemoryPoolAllocationMetrics.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmRuntimeInfoMetric.builder().register(registry);
        ProcessMetrics.builder().register(registry);
        registered = true;
    }

    MetricSnapshots scrape() {
        prepare();
        return registry.scrape();
    }
}
