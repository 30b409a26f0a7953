package dev.workerpool.bench.jmh;

import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.LiveSettings;
import dev.workerpool.worker.pool.PoolSettings;
import dev.workerpool.worker.pool.Run;
import dev.workerpool.worker.pool.RunObserver;
import dev.workerpool.worker.pool.RunRejectedException;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.pool.TerminationLog;
import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The worker's pool in the benchmark's own JVM, with the measured tasks: the one place that knows how a pool is made. */
final class BenchPool {
    private static final int THREADS = 2;
    private static final int QUEUE = 256;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final TaskCatalog catalog;
    private final TaskPool pool;

    BenchPool(Path tasks) {
        catalog = TaskCatalog.load(List.of(tasks), Isolation.SHARED);
        var live = new LiveSettings(0, THREADS, QUEUE, LONG, LONG, 0, LONG, Map.of());
        pool = new TaskPool(
                new PoolSettings("bench", LONG, LONG, live),
                catalog,
                new PrometheusRegistry(),
                TerminationLog.OFF,
                lost -> {});
        pool.start();
    }

    Run run(String type, Content body, RunObserver observer) {
        return new Run(catalog.find(type), body, Map::of, observer);
    }

    void submit(Run run) throws RunRejectedException {
        pool.submit(run);
    }

    boolean isFull() {
        return pool.isFull();
    }

    void close() {
        pool.close();
        pool.interrupt();
    }
}
