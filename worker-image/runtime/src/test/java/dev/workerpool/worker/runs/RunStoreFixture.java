package dev.workerpool.worker.runs;

import static dev.workerpool.worker.TaskJars.gate;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.task.Content;
import dev.workerpool.worker.TaskJars;
import dev.workerpool.worker.pool.LiveSettings;
import dev.workerpool.worker.pool.PoolSettings;
import dev.workerpool.worker.pool.RunOptions;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.pool.TerminationLog;
import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A store over a pool of one thread and four places, with a clock that tests turn forward. */
final class RunStoreFixture implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static TaskCatalog catalog;

    final TaskPool pool;
    final RunStore store;
    private final PrometheusRegistry metrics = new PrometheusRegistry();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private volatile Duration passed = Duration.ZERO;

    /** Once for all tests: it takes longer than they do. */
    static void compile(Path folder) {
        TaskJars.jar()
                .task(
                        "Gate",
                        "String",
                        "String",
                        gate("started") + ".countDown(); " + gate("release") + ".await(); return input;")
                .task("Echo", "byte[]", "byte[]", "return input;")
                .task("Length", "byte[]", "Integer", "return input.length;")
                .task("Repeat", "Integer", "String", "return \"x\".repeat(input);")
                .taskClass("Reports", """
                        @TaskType("reports")
                        public class Reports implements Task<String, Void> {
                            record Step(int step) {}
                            public Void run(String input, TaskContext context) {
                                switch (input) {
                                    case "large" -> context.emit("x".repeat(70_000));
                                    case "impossible" -> context.emit(new Object() {
                                        public Object getSelf() { return this; }
                                    });
                                    default -> {
                                        for (int i = 1; i <= Integer.parseInt(input); i++) context.emit(new Step(i));
                                        context.emit("text");
                                        context.emit(new byte[] {1, 2});
                                        context.emit(null);
                                    }
                                }
                                return null;
                            }
                        }
                        """)
                .taskClass("Listens", """
                        @TaskType("listens")
                        public class Listens implements Task<String, String> {
                            record Command(int n) {}
                            public String run(String input, TaskContext context) throws Exception {
                                if (input.equals("0"))
                                    return context.receive(Duration.ofMillis(1)).isPresent() ? "some" : "none";
                                Content first = context.receive(Duration.ofDays(100_000)).get();
                                String told = first.mediaType() + " "
                                        + java.nio.charset.StandardCharsets.UTF_8.decode(first.bytes());
                                if (input.equals("1")) return told;
                                try {
                                    return told + ", " + context.receive(Command.class, Duration.ofMinutes(5)).get();
                                } catch (InvalidInputException e) {
                                    return told + ", " + e.field() + " " + e.rule();
                                }
                            }
                        }
                        """)
                .writeTo(folder.resolve("tasks.jar"));
        catalog = TaskCatalog.load(List.of(folder), Isolation.SHARED);
        assertThat(catalog.find("listens")).as("%s", catalog.artifacts()).isNotNull();
    }

    RunStoreFixture(RetentionSettings settings) {
        var live = new LiveSettings(0, 1, 4, LONG, LONG, 0, LONG, Map.of());
        pool = new TaskPool(
                new PoolSettings("replica-1", Duration.ofMillis(10), LONG, live),
                catalog,
                metrics,
                TerminationLog.OFF,
                lost -> {});
        store = new RunStore(pool, settings, () -> Instant.now().plus(passed), metrics);
        System.getProperties().put("started", started);
        System.getProperties().put("release", release);
        pool.start();
    }

    void pass(Duration time) {
        passed = passed.plus(time);
    }

    void maxWait(Duration value) {
        pool.apply(new LiveSettings(0, 1, 4, value, LONG, 0, LONG, Map.of()));
    }

    StoredRun submit(String type, String input) throws Exception {
        return submit(type, input, true, null);
    }

    StoredRun submit(String type, String input, RunKey key) throws Exception {
        return submit(type, input, false, key);
    }

    StoredRun submit(String type, String input, boolean detached, RunKey key) throws Exception {
        return store.submit(request(type, input, detached, key));
    }

    static RunRequest request(String type, String input, boolean detached, RunKey key) {
        return new RunRequest(
                catalog.find(type), text("text/plain", input), Map::of, RunOptions.DEFAULT, detached, key);
    }

    /** Takes over a run that waited at another worker. */
    Adoption adopt(WaitingRun waiting) throws Exception {
        return store.adopt(waiting, catalog.find(waiting.task()), Integer.MAX_VALUE);
    }

    private static Content text(String mediaType, String text) {
        return new Content(mediaType, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    Delivery send(StoredRun run, String mediaType, String message) {
        return store.send(run, text(mediaType, message));
    }

    StoredRun ended(String type, String input) throws Exception {
        StoredRun run = submit(type, input);
        awaitEnd(run);
        return run;
    }

    void awaitEnd(StoredRun run) throws InterruptedException {
        var over = new CountDownLatch(1);
        Runnable follower = () -> {
            if (run.ended() != null) {
                over.countDown();
            }
        };
        run.follow(follower);
        assertThat(over.await(20, TimeUnit.SECONDS)).as("is over").isTrue();
        run.unfollow(follower);
    }

    /** A run that has the only thread until {@link #release}. */
    StoredRun occupy() throws Exception {
        StoredRun run = submit("gate", "held");
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        return run;
    }

    void release() {
        release.countDown();
    }

    double evicted(String reason) {
        return metrics.scrape(name -> name.equals("workerpool_runs_evicted")).stream()
                .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
                .filter(point -> reason.equals(point.getLabels().get("reason")))
                .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
                .sum();
    }

    @Override
    public void close() throws Exception {
        release();
        pool.close();
        pool.awaitDrained(Duration.ofMillis(1));
        pool.interrupt();
        assertThat(pool.awaitDrained(Duration.ofSeconds(20))).isTrue();
    }
}
