package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.TaskJars;
import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With patience and grace of minutes: what allocates too much is killed without any. */
class AllocationBudgetTest {
    private static final long BUDGET = 32 << 20;
    private static final String MUCH = "1 << 29";

    /** Half a gigabyte and more, each. */
    private static final List<String> LARGE = List.of(
            "\"0123456789\".repeat(60_000_000)",
            "Arrays.copyOfRange(new long[10], 5, 1 << 27)",
            "Arrays.copyOfRange(new Object[10], 5, 1 << 28, String[].class)",
            "java.lang.reflect.Array.newInstance(long.class, 1 << 27)",
            "java.lang.reflect.Array.newInstance(byte.class, 1 << 15, 1 << 15)",
            "new HashMap<String, String>(1 << 27)",
            "new LinkedHashMap<String, String>(1 << 27, 0.5f)",
            "new HashSet<String>(1 << 27)",
            "new ConcurrentHashMap<String, String>(1 << 27)",
            "new IdentityHashMap<String, String>(1 << 26)",
            "new Hashtable<String, String>(1 << 28)",
            "new BitSet(Integer.MAX_VALUE)",
            "new StringBuilder(\"0123456789\").repeat(\"0123456789\", 60_000_000)",
            "new StringBuilder().repeat('x', 600_000_000)",
            "sized(b -> b.ensureCapacity(600_000_000))",
            "sized(b -> b.setLength(600_000_000))");

    private static TaskCatalog tasks;

    @BeforeAll
    static void compile(@TempDir Path folder) {
        var jar = TaskJars.jar()
                .source("sample.Sink", "package sample; public class Sink { public static volatile Object sink; }");
        define(jar, "Steps", "while (true) Sink.sink = new byte[1000];");
        define(jar, "Deaf", "while (true) try { Sink.sink = new byte[1000]; } catch (Throwable t) { }");
        define(jar, "Inside", "var b = new StringBuilder(); while (true) b.append(input).append(b.length());");
        define(jar, "Bytes", "Sink.sink = new byte[" + MUCH + "];");
        define(jar, "Strings", "Sink.sink = new String[" + MUCH + "];");
        define(jar, "Grid", "Sink.sink = new int[1000][1000][1000];");
        define(jar, "Buffer", "Sink.sink = ByteBuffer.allocate(" + MUCH + ");");
        define(jar, "Copy", "Sink.sink = Arrays.copyOf(new long[10], " + MUCH + ");");
        define(jar, "CopyAs", "Sink.sink = Arrays.copyOf(new Object[10], " + MUCH + ", String[].class);");
        define(jar, "Elements", "Sink.sink = new ArrayList<String>(" + MUCH + ");");
        define(jar, "Swallow", "while (true) try { Sink.sink = new byte[" + MUCH + "]; } catch (Throwable t) { }");
        define(
                jar,
                "Child",
                "Thread t = new Thread(() -> { Sink.sink = new byte[" + MUCH + "]; }); t.start(); t.join();");
        String steps = "() -> { while (true) Sink.sink = new byte[1000]; }";
        define(jar, "Stepping", "Thread t = new Thread(" + steps + "); t.start(); t.join();");
        jar.source("sample.Stage", "package sample; public interface Stage { void start(); }");
        jar.source(
                "sample.Reader",
                "package sample; class Reader extends Thread implements Stage { Reader(Runnable r) { super(r); } }");
        define(jar, "Staged", "Stage s = new Reader(" + steps + "); s.start(); while (true) { }");
        define(jar, "Two", "for (int i = 0; i < 2; i++) new Thread(" + steps + ").start(); while (true) { }");
        define(jar, "Pooled", "Executors.newFixedThreadPool(1).submit(" + steps + ").get();");
        define(jar, "Single", "Executors.newSingleThreadExecutor().submit(" + steps + ").get();");
        define(
                jar,
                "PerTask",
                "Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory()).submit(" + steps + ").get();");
        define(
                jar,
                "Timed",
                "new Timer().schedule(new TimerTask() { public void run() { while (true) Sink.sink = new byte[1000]; } }, 1);"
                        + " while (true) { }");
        define(jar, "Forked", "new ForkJoinPool(1).submit(" + steps + ").get();");
        define(
                jar,
                "Shares",
                "Thread t = new Thread(() -> { for (int i = 0; i < 20; i++) Sink.sink = new byte[1 << 20];"
                        + " try { Thread.sleep(1_000_000); } catch (InterruptedException e) { } }); t.start();"
                        + " while (t.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();"
                        + " for (int i = 0; i < 20; i++) Sink.sink = new byte[1 << 20]; t.interrupt(); t.join();");
        define(
                jar,
                "Keeps",
                "if (Kept.pool == null) Kept.pool = Executors.newFixedThreadPool(1);"
                        + " Kept.pool.submit(() -> { for (int i = 0; i < 20; i++) Sink.sink = new byte[1 << 20]; }).get();");
        jar.source(
                "sample.Kept",
                "package sample; public class Kept { public static java.util.concurrent.ExecutorService pool; }");
        jar.source(
                "sample.Fixed",
                "package sample; import java.util.concurrent.*; public class Fixed {"
                        + " public static final ExecutorService POOL = Executors.newFixedThreadPool(1); }");
        define(
                jar,
                "Lasting",
                "Fixed.POOL.submit(() -> { for (int i = 0; i < 20; i++) Sink.sink = new byte[1 << 20]; }).get();");
        define(
                jar,
                "Starting",
                "Thread t = new Thread(() -> { }); t.start(); t.join();"
                        + " for (int i = 0; i < 20; i++) Sink.sink = new byte[1 << 20];");
        define(jar, "Modest", "for (int i = 0; i < 20; i++) Sink.sink = new byte[1 << 20];");
        define(jar, "Beyond", "Sink.sink = new long[1 << 20][1 << 20][1 << 20];");
        for (String large : LARGE) {
            define(jar, "Large" + LARGE.indexOf(large), "Sink.sink = " + large + ";");
        }
        define(jar, "Negative", "Sink.sink = new int[-1][-1_000_000_000];");
        tasks = TaskCatalog.load(
                List.of(jar.writeTo(folder.resolve("tasks.jar")).getParent()), Isolation.SHARED);
    }

    private static void define(TaskJars jar, String name, String body) {
        jar.taskClass(name, """
                @TaskType("%s")
                public class %s implements Task<String, String> {
                    static StringBuilder sized(java.util.function.Consumer<StringBuilder> size) {
                        var builder = new StringBuilder();
                        size.accept(builder);
                        return builder;
                    }
                    public String run(String input, TaskContext context) throws Exception { if (input != null) { %s } return input; }
                }
                """.formatted(name.toLowerCase(), name, body));
    }

    private static PoolFixture start(long budget) {
        return PoolFixture.settings().maxAllocation(budget).start(tasks);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "steps",
                "deaf",
                "inside",
                "bytes",
                "strings",
                "grid",
                "buffer",
                "copy",
                "copyas",
                "elements",
                "swallow",
                "child",
                "stepping",
                "staged",
                "two",
                "pooled",
                "single",
                "forked",
                "pertask",
                "timed",
                "shares"
            })
    void stopsARunThatAllocatesMoreThanItsBudget(String type) throws Exception {
        try (var fixture = start(BUDGET)) {
            assertThat(fixture.submit(type, "x").await()).isEqualTo(new Outcome.AllocationExceeded(BUDGET));

            assertThat(fixture.submit("modest", "next").output()).isEqualTo("next");
            assertThat(fixture.pool.lost()).isZero();
        }
    }

    @Test
    void countsEachRunForItself() throws Exception {
        try (var fixture = start(BUDGET)) {
            for (int i = 0; i < 5; i++) {
                assertThat(fixture.submit("modest", "fits").output()).isEqualTo("fits");
            }
        }
    }

    @Test
    void countsTheThreadsOfAnExecutorThatATaskKeepsToNoLaterRun() throws Exception {
        try (var fixture = start(BUDGET)) {
            for (int i = 0; i < 5; i++) {
                assertThat(fixture.submit("keeps", "fits").output()).isEqualTo("fits");
            }
        }
    }

    @Test
    void countsWhatAClassKeepsForAllItsRunsToNoneOfThem() throws Exception {
        try (var fixture = start(BUDGET)) {
            for (int i = 0; i < 5; i++) {
                assertThat(fixture.submit("lasting", "fits").output()).isEqualTo("fits");
                assertThat(fixture.submit("starting", "fits").output()).isEqualTo("fits");
            }
        }
    }

    @Test
    void neverGetsToTheHeapWithOneGiganticArray() throws Exception {
        try (var fixture = start(BUDGET)) {
            fixture.submit("bytes", "x").await();
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                            fixture.counted("workerpool_runs", "task", "bytes", "outcome", "allocation-exceeded"))
                    .isEqualTo(1));

            assertThat(fixture.counted("workerpool_allocated_bytes", "task", "bytes"))
                    .isBetween(0.0, (double) BUDGET);
        }
    }

    @Test
    void countsWhatEachTaskTypeAllocates() throws Exception {
        try (var fixture = start(0)) {
            fixture.submit("modest", "").output();

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(fixture.counted("workerpool_allocated_bytes", "task", "modest"))
                            .isBetween(20.0 * (1 << 20), 22.0 * (1 << 20)));
        }
    }

    @Test
    void takesOverANewBudget() throws Exception {
        try (var fixture = start(0)) {
            assertThat(fixture.submit("modest", "free").output()).isEqualTo("free");

            fixture.pool.apply(PoolFixture.settings().maxAllocation(1 << 20).live());

            assertThat(fixture.submit("modest", "").await()).isEqualTo(new Outcome.AllocationExceeded(1 << 20));
        }
    }

    @Test
    void failsAnArrayThatTheWholeHeapCannotHoldAndServesOn() throws Exception {
        try (var fixture = start(0)) {
            Outcome outcome = fixture.submit("beyond", "").await();

            assertThat(((Outcome.Failed) outcome).exceptionType()).isEqualTo("java.lang.OutOfMemoryError");
            assertThat(((Outcome.Failed) outcome).message()).contains("bytes at once");
            assertThat(fixture.submit("modest", "next").output()).isEqualTo("next");
        }
    }

    @ParameterizedTest
    @MethodSource("large")
    void stopsWhatTheJdkMakesAtOneStrokeBeforeItIsMade(int number) throws Exception {
        String type = "large" + number;
        try (var fixture = start(BUDGET)) {
            assertThat(fixture.submit(type, "").await())
                    .as(LARGE.get(number))
                    .isEqualTo(new Outcome.AllocationExceeded(BUDGET));

            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                            fixture.counted("workerpool_runs", "task", type, "outcome", "allocation-exceeded"))
                    .isEqualTo(1));
            assertThat(fixture.counted("workerpool_allocated_bytes", "task", type))
                    .isBetween(0.0, (double) BUDGET);
        }
    }

    static IntStream large() {
        return IntStream.range(0, LARGE.size());
    }

    @Test
    void leavesNegativeLengthsToTheTask() throws Exception {
        try (var fixture = start(BUDGET)) {
            Outcome outcome = fixture.submit("negative", "").await();

            assertThat(((Outcome.Failed) outcome).exceptionType()).isEqualTo("java.lang.NegativeArraySizeException");
        }
    }
}
