package dev.workerpool.worker.pool;

import static dev.workerpool.worker.TaskJars.gate;

import dev.workerpool.task.Content;
import dev.workerpool.worker.TaskJars;
import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pool with tasks that tests can hold and release. {@code gate} tells that it started and waits to be released;
 * {@code deaf} does too, in code of the JDK that neither an interrupt nor a kill reaches.
 */
final class PoolFixture implements AutoCloseable {
    private static TaskCatalog catalog;

    final AtomicInteger exhausted = new AtomicInteger();
    final TaskPool pool;
    private CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final Semaphore permit = new Semaphore(0);

    private final TaskCatalog tasks;
    final PrometheusRegistry metrics = new PrometheusRegistry();

    private PoolFixture(PoolSettings settings, TaskCatalog tasks, TerminationLog terminationLog) {
        this.tasks = tasks;
        pool = new TaskPool(settings, tasks, metrics, terminationLog, exhausted::set);
        expect(1);
        System.getProperties().put("release", release);
        System.getProperties().put("permit", permit);
        pool.start();
    }

    static Path lastMessage(Path folder) {
        return folder.resolve("termination-log");
    }

    private static TerminationLog terminationLog(Path folder) {
        try {
            Files.writeString(lastMessage(folder), "");
            return TerminationLog.open(lastMessage(folder), 0, catalog(folder).entries());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A valid pool of one thread, one place in the queue and time-outs that never strike; tests change what they test. */
    static Settings settings() {
        return new Settings();
    }

    static final class Settings {
        private int threads = 1;
        private int queueCapacity = 1;
        private Duration maxWait = Duration.ofMinutes(5);
        private Duration timeout = Duration.ofMinutes(5);
        private Duration patience = Duration.ofMinutes(5);
        private Duration grace = Duration.ofMinutes(5);
        private long maxAllocation;
        private String config = "v";

        Settings threads(int value) {
            threads = value;
            return this;
        }

        Settings queueCapacity(int value) {
            queueCapacity = value;
            return this;
        }

        Settings maxWait(Duration value) {
            maxWait = value;
            return this;
        }

        Settings timeout(Duration value) {
            timeout = value;
            return this;
        }

        Settings patience(Duration value) {
            patience = value;
            return this;
        }

        Settings grace(Duration value) {
            grace = value;
            return this;
        }

        Settings maxAllocation(long value) {
            maxAllocation = value;
            return this;
        }

        Settings config(String value) {
            config = value;
            return this;
        }

        PoolFixture start(Path folder) {
            return new PoolFixture(pool(), catalog(folder), terminationLog(folder));
        }

        /** With tasks of the test's own. */
        PoolFixture start(TaskCatalog tasks) {
            return new PoolFixture(pool(), tasks, TerminationLog.OFF);
        }

        private PoolSettings pool() {
            return new PoolSettings("replica-1", patience, grace, live());
        }

        /** What may change, to be applied to a pool that runs. */
        LiveSettings live() {
            return new LiveSettings(
                    0,
                    threads,
                    queueCapacity,
                    maxWait,
                    timeout,
                    maxAllocation,
                    Duration.ofMinutes(5),
                    Map.of("k", config));
        }
    }

    /** Compiled once: javac takes longer than all the tests. */
    private static synchronized TaskCatalog catalog(Path folder) {
        if (catalog == null) {
            String tell = gate("started") + ".countDown();";
            TaskJars.jar()
                    .task("Gate", "String", "String", tell + gate("release") + ".await(); return input;")
                    .task(
                            "Deaf",
                            "String",
                            "String",
                            tell + "((Semaphore) System.getProperties().get(\"permit\")).acquireUninterruptibly();"
                                    + " return input;")
                    .task("Spin", "String", "String", tell + "long x = 1; while (x != 0) x |= x * 31; return input;")
                    .task(
                            "Stubborn",
                            "String",
                            "String",
                            tell + "while (true) try { " + gate("release")
                                    + ".await(); return input; } catch (Throwable e) { }")
                    .task(
                            "Finally",
                            "String",
                            "String",
                            "try { long x = 1; while (x != 0) x |= x * 31; return input; } finally { " + gate("release")
                                    + ".countDown(); }")
                    .task("Echo", "String", "String", "return input;")
                    .task("RunTime", "String", "String", "return \"\" + context.runTime().toNanos();")
                    .task("Nothing", "String", "Void", "return null;")
                    .task("Throws", "String", "String", "throw new IllegalStateException(input);")
                    .taskClass("Unreadable", """
                            @TaskType("unreadable")
                            public class Unreadable implements Task<String, String> {
                                static class Cause extends RuntimeException {
                                    public String getMessage() { return getMessage() + "!"; }
                                    public String toString() { return getMessage(); }
                                }
                                public String run(String input, TaskContext context) throws Exception {
                                    if (input.isEmpty()) throw new Cause();
                                    Thread t = new Thread(() -> { throw new Cause(); });
                                    t.start();
                                    new CountDownLatch(1).await();
                                    return input;
                                }
                            }
                            """)
                    .task("Recurse", "String", "String", "return run(input, context) + 1;")
                    .task("Exit", "String", "String", "System.exit(Integer.parseInt(input)); return null;")
                    .task(
                            "ChildExit",
                            "String",
                            "String",
                            "Thread t = new Thread(() -> System.exit(5)); t.setUncaughtExceptionHandler((a, b) -> {});"
                                    + " t.start(); " + gate("release") + ".await(); return null;")
                    .task("Picky", "Integer", "Integer", "throw new InvalidInputException(\"n\", \"must be odd\");")
                    .task("Interrupted", "String", "String", "return \"\" + Thread.currentThread().isInterrupted();")
                    .task("Interrupts", "String", "String", "Thread.currentThread().interrupt(); return input;")
                    .task(
                            "Listens",
                            "String",
                            "String",
                            "List<String> heard = new ArrayList<>(); context.onConfigChange(config -> heard.add(config + \" \""
                                    + " + context.config() + \" \" + Thread.currentThread().getName())); " + tell
                                    + "while (heard.isEmpty()) context.isCancelled(); return heard.toString();")
                    .task(
                            "ListensElsewhere",
                            "String",
                            "String",
                            "return CompletableFuture.runAsync(() -> context.onConfigChange(config -> {}))"
                                    + ".handle((nothing, thrown) -> thrown.getCause().getMessage()).join();")
                    .task(
                            "Context",
                            "String",
                            "String",
                            "return context.replica() + \" \" + context.thread() + \" \" + context.config() + \" \""
                                    + " + context.parameters() + \" \" + context.runId().equals(context.runId());")
                    .writeTo(folder.resolve("tasks.jar"));
            catalog = TaskCatalog.load(List.of(folder), Isolation.SHARED);
        }
        return catalog;
    }

    /** A run and its outcome to come. */
    record Submitted(Run run, CompletableFuture<Outcome> outcome) {
        Outcome await() {
            return outcome.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join();
        }

        String output() {
            Content content = ((Outcome.Succeeded) await()).content();
            return StandardCharsets.UTF_8.decode(content.bytes().duplicate()).toString();
        }
    }

    Submitted submit(String type, String input) throws RunRejectedException {
        return submit(type, input, RunOptions.DEFAULT);
    }

    Submitted submit(String type, String input, RunOptions options) throws RunRejectedException {
        var outcome = new CompletableFuture<Outcome>();
        var run = run(type, input, (completed, how) -> {
            if (!outcome.complete(how)) {
                throw new AssertionError("A second outcome: " + how);
            }
        });
        pool.submit(run.with(options));
        return new Submitted(run, outcome);
    }

    void submit(String type, String input, RunObserver observer) throws RunRejectedException {
        pool.submit(run(type, input, observer));
    }

    private Run run(String type, String input, RunObserver observer) {
        var body = new Content("text/plain", ByteBuffer.wrap(input.getBytes(StandardCharsets.UTF_8)));
        return new Run(tasks.find(type), body, () -> Map.of("p", "q"), observer);
    }

    /** Submits a gate and waits until its thread is in it. */
    Submitted occupy(String type) throws Exception {
        expect(1);
        Submitted submitted = submit(type, type);
        awaitStarted();
        return submitted;
    }

    void expect(int starts) {
        started = new CountDownLatch(starts);
        System.getProperties().put("started", started);
    }

    void awaitStarted() throws InterruptedException {
        if (!started.await(20, java.util.concurrent.TimeUnit.SECONDS)) {
            throw new AssertionError("The task did not start");
        }
    }

    /** Of a counter with these labels, as in {@code "task", "echo"}; 0 when nobody counted. */
    double counted(String name, String... labels) {
        return metrics.scrape(name::equals).stream()
                .flatMap(metric -> metric.getDataPoints().stream())
                .filter(point -> point.getLabels().equals(Labels.of(labels)))
                .mapToDouble(point -> ((CounterDataPointSnapshot) point).getValue())
                .sum();
    }

    double gauged(String name) {
        return metrics.scrape(name::equals).stream()
                .flatMap(metric -> metric.getDataPoints().stream())
                .mapToDouble(point -> ((GaugeDataPointSnapshot) point).getValue())
                .sum();
    }

    void release() {
        release.countDown();
        permit.release(1000);
    }

    boolean isReleased() {
        return release.getCount() == 0;
    }

    @Override
    public void close() throws Exception {
        release();
        pool.close();
        if (!pool.awaitDrained(Duration.ofSeconds(20))) {
            throw new AssertionError("The pool does not drain: " + pool.status());
        }
        pool.interrupt();
    }
}
