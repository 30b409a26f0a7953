package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.TaskJars;
import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills in numbers, and code that no kill reaches. */
class KillTest {
    private static final Duration SHORT = Duration.ofMillis(2);

    @TempDir
    static Path folder;

    @BeforeAll
    static void compile() {
        TaskJars.jar()
                .task("Spin", "String", "String", "long x = 1; while (x != 0) x |= x * 31; return input;")
                .task(
                        "Work",
                        "String",
                        "String",
                        "long x = 1; for (int i = 0; i < 100_000; i++) x = x * 31 + i; return \"\" + x;")
                .task(
                        "Regex",
                        "String",
                        "String",
                        "return \"\" + java.util.regex.Pattern.matches(\"(x+x+)+\\\\1y\", \"x\".repeat(24));")
                .task(
                        "Power",
                        "String",
                        "String",
                        "return \"\" + java.math.BigInteger.valueOf(3).pow(3_000_000).bitLength();")
                .source("sample.Made", """
                        package sample;
                        record Made(long one) implements java.util.function.LongSupplier {
                            public long getAsLong() { return one; }
                        }
                        """)
                .source("sample.Used", """
                        package sample;
                        class Used implements java.util.function.LongConsumer {
                            static long sum;
                            public void accept(long one) { sum += one; }
                        }
                        """)
                .task(
                        "CalledBack",
                        "String",
                        "String",
                        "java.util.stream.LongStream.generate(new Made(1)).forEach(new Used()); return input;")
                .task(
                        "Executor",
                        "String",
                        "String",
                        "try (var e = java.util.concurrent.Executors.newFixedThreadPool(2)) {"
                                + " for (int i = 0; i < 2; i++) e.execute(() -> { long x = 1; while (x != 0) x |= x * 31; }); }"
                                + " return input;")
                .task(
                        "ClosesExecutor",
                        "String",
                        "String",
                        "try (var e = java.util.concurrent.Executors.newFixedThreadPool(2)) {"
                                + " for (int i = 0; i < 2; i++) e.execute(() -> { long x = 1; while (x != 0) x |= x * 31; });"
                                + " long x = 1; while (x != 0) x |= x * 31; }"
                                + " return input;")
                .task(
                        "Closes",
                        "String",
                        "String",
                        "var permits = (java.util.concurrent.Semaphore) System.getProperties().get(\"permits\"); permits.acquire();"
                                + " try (AutoCloseable permit = permits::release) { long x = 1; while (x != 0) x |= x * 31; }"
                                + " return input;")
                .task(
                        "Around",
                        "String",
                        "String",
                        "while (!input.isEmpty()) java.math.BigInteger.valueOf(3).pow(500_000); return input;")
                .task(
                        "LeavesAround",
                        "String",
                        "String",
                        "new Thread(() -> { while (true) java.math.BigInteger.valueOf(3).pow(500_000); }).start(); return input;")
                .taskClass("InitialisesAtLast", """
                        @TaskType("initialisesatlast")
                        public class InitialisesAtLast implements Task<String, String> {
                            static class Late {
                                static final long SUM = sum();
                                static long sum() {
                                    long sum = 0;
                                    long end = System.nanoTime() + 300_000_000;
                                    while (System.nanoTime() < end) sum++;
                                    return sum;
                                }
                            }
                            static long spin() { long x = 1; while (x != 0) x |= x * 31; return x; }
                            public String run(String input, TaskContext context) {
                                try { if (input.isEmpty()) spin(); }
                                finally { if (Late.SUM > 0) input = "initialised"; }
                                return input;
                            }
                        }
                        """)
                .taskClass("Initialises", """
                        @TaskType("initialises")
                        public class Initialises implements Task<String, String> {
                            static class Slow {
                                static final long SUM = sum();
                                static long sum() {
                                    long sum = 0;
                                    long end = System.nanoTime() + 300_000_000;
                                    while (System.nanoTime() < end) sum++;
                                    return sum;
                                }
                            }
                            public String run(String input, TaskContext context) { return Slow.SUM > 0 ? "initialised" : ""; }
                        }
                        """)
                .writeTo(folder.resolve("tasks.jar"));
    }

    private static TaskCatalog tasks(Isolation isolation) {
        TaskCatalog tasks = TaskCatalog.load(List.of(folder), isolation);
        assertThat(tasks.artifacts()).extracting(artifact -> artifact.reason()).containsOnlyNulls();
        return tasks;
    }

    /** Runs work on all but one thread, until told to stop; counts what it did. */
    private static Thread neighbour(PoolFixture fixture, AtomicBoolean go, AtomicLong done) {
        return Thread.ofPlatform().daemon().start(() -> {
            while (go.get()) {
                try {
                    fixture.submit("work", "").output();
                    done.incrementAndGet();
                } catch (RunRejectedException e) {
                    throw new AssertionError(e);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void leaveNothingBehindHoweverOften(Isolation isolation) throws Exception {
        ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
        var go = new AtomicBoolean(true);
        var done = new AtomicLong();
        try (var fixture = PoolFixture.settings()
                .threads(2)
                .queueCapacity(10)
                .patience(SHORT)
                .grace(Duration.ofSeconds(20))
                .start(tasks(isolation))) {
            Thread neighbour = neighbour(fixture, go, done);
            kill(fixture, 20);
            long threads = threads();
            long loaded = classes.getLoadedClassCount();
            long before = done.get();

            kill(fixture, 200);

            go.set(false);
            neighbour.join();
            assertThat(done.get()).as("what the neighbour did meanwhile").isGreaterThan(before);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(fixture.counted("workerpool_threads_replaced", "reason", "killed"))
                            .isEqualTo(220));
            assertThat(fixture.pool.lost()).isZero();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(threads()).isLessThanOrEqualTo(threads + 2));
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> {
                        System.gc();
                        // With loaders of their own, some hundred classes went with each thread.
                        assertThat(classes.getLoadedClassCount()).isLessThan((int) loaded + 300);
                    });
        } finally {
            go.set(false);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("worker-"))
                .count();
    }

    private static void kill(PoolFixture fixture, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            var victim = fixture.submit("spin", "");
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> victim.run().thread() != null);
            fixture.pool.cancel(victim.run());
            assertThat(victim.await()).isEqualTo(new Outcome.Cancelled());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"calledback", "executor", "closesexecutor"})
    void reachCodeInClassesThatTheThreadWasNotFoundIn(String type) throws Exception {
        try (var fixture = PoolFixture.settings()
                .timeout(Duration.ofMillis(300))
                .patience(SHORT)
                .grace(Duration.ofSeconds(20))
                .start(tasks(Isolation.SHARED))) {
            assertThat(fixture.submit(type, "").await()).isInstanceOf(Outcome.TimedOut.class);

            assertThat(fixture.submit("work", "").output()).isNotEmpty();
            await().atMost(Duration.ofSeconds(20)).until(() -> fixture.pool.threadsLeftBehind() == 0);
            assertThat(fixture.pool.lost()).isZero();
        }
    }

    @Test
    void leavesNoResourceOpen() throws Exception {
        var permits = new Semaphore(1);
        System.getProperties().put("permits", permits);
        try (var fixture = PoolFixture.settings()
                .timeout(Duration.ofMillis(100))
                .patience(SHORT)
                .grace(Duration.ofSeconds(20))
                .start(tasks(Isolation.SHARED))) {
            for (int i = 0; i < 3; i++) {
                assertThat(fixture.submit("closes", "").await()).isInstanceOf(Outcome.TimedOut.class);
                await().atMost(Duration.ofSeconds(20)).until(() -> permits.availablePermits() == 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"regex", "power"})
    void replacesAThreadThatIsLostInsideTheJdkAndTakesItBack(String type) throws Exception {
        try (var fixture = PoolFixture.settings()
                .timeout(SHORT)
                .patience(SHORT)
                .grace(SHORT)
                .start(tasks(Isolation.SHARED))) {
            assertThat(fixture.submit(type, "").await()).isInstanceOf(Outcome.TimedOut.class);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> fixture.counted("workerpool_threads_replaced", "reason", "given-up") == 1);
            assertThat(fixture.gauged("workerpool_threads_lost")).isEqualTo(1);

            fixture.pool.apply(PoolFixture.settings().live());
            assertThat(fixture.submit("work", "").output()).isNotEmpty();
            await().atMost(Duration.ofSeconds(120)).until(() -> fixture.pool.lost() == 0);
            assertThat(fixture.gauged("workerpool_threads_lost")).isZero();
        }
    }

    @Test
    void killsAThreadThatWasGivenUpWhenItComesBackToItsLoop() throws Exception {
        try (var fixture = PoolFixture.settings()
                .timeout(SHORT)
                .patience(SHORT)
                .grace(SHORT)
                .start(tasks(Isolation.SHARED))) {
            assertThat(fixture.submit("around", "x").await()).isInstanceOf(Outcome.TimedOut.class);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> fixture.counted("workerpool_threads_replaced", "reason", "given-up") == 1);

            await().atMost(Duration.ofSeconds(20)).until(() -> fixture.pool.lost() == 0);
        }
    }

    @Test
    void killsAThreadThatWasLeftBehindAndGivenUpWhenItComesBackToItsLoop() throws Exception {
        try (var fixture = PoolFixture.settings().patience(SHORT).grace(SHORT).start(tasks(Isolation.SHARED))) {
            assertThat(fixture.submit("leavesaround", "left").output()).isEqualTo("left");
            await().dontCatchUncaughtExceptions()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> fixture.counted("workerpool_left_behind", "task", "leavesaround") == 1);

            await().dontCatchUncaughtExceptions()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> fixture.pool.threadsLeftBehind() == 0);
        }
    }

    @Test
    void leavesAClassUsableThatAFinallyBlockInitialises() throws Exception {
        assertUsableAfterAKill("initialisesatlast", "x");
    }

    @Test
    void leavesAClassUsableWhoseInitialiserTookTooLong() throws Exception {
        assertUsableAfterAKill("initialises", "");
    }

    /** @param calm an input with which the task ends by itself */
    private void assertUsableAfterAKill(String task, String calm) throws Exception {
        try (var fixture = PoolFixture.settings()
                .timeout(Duration.ofMillis(30))
                .patience(SHORT)
                .grace(Duration.ofSeconds(20))
                .start(tasks(Isolation.SHARED))) {
            assertThat(fixture.submit(task, "").await()).isInstanceOf(Outcome.TimedOut.class);

            fixture.pool.apply(PoolFixture.settings().live());
            assertThat(fixture.submit(task, calm).output()).isEqualTo("initialised");
        }
    }
}
