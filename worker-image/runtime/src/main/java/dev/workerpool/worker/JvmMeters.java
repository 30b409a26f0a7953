package dev.workerpool.worker;

import com.sun.management.ThreadMXBean;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmCompilationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.lang.management.ManagementFactory;

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
     * All that the library has but two. Native memory has something to tell only where the JVM tracks it, and looking
     * whether it does brings up the whole Flight Recorder. Allocation by memory pool has itself told of every collection,
     * on a thread of its own; the sum, which the JVM keeps anyway, is asked for when somebody scrapes.
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
        registerAllocation();
        JvmMemoryMetrics.builder().register(registry);
        JvmRuntimeInfoMetric.builder().register(registry);
        ProcessMetrics.builder().register(registry);
        registered = true;
    }

    private void registerAllocation() {
        if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads) {
            CounterWithCallback.builder()
                    .name("jvm_memory_allocated_bytes_total")
                    .help("Bytes that all threads have allocated on the heap since the JVM started")
                    .callback(counter -> counter.call(threads.getTotalThreadAllocatedBytes()))
                    .register(registry);
        }
    }

    MetricSnapshots scrape() {
        prepare();
        return registry.scrape();
    }
}
