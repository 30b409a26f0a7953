package dev.workerpool.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.TaskJars;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every thread's host says that it is to die, unless a test has it wait: which ones do tells which checkpoints are armed. */
class CheckpointsTest {
    @TempDir
    Path folder;

    private final Checkpoints checkpoints = new Checkpoints();
    private final List<Thread> threads = new ArrayList<>();
    private TaskCatalog catalog;
    private volatile boolean killing = true;

    @BeforeEach
    void load() {
        String spin =
                "((CountDownLatch) System.getProperties().get(input)).countDown(); long x = 1; while (x != 0) x |= x * 31;";
        TaskJars.jar()
                .task("One", "String", "String", spin + " return input;")
                .task("Other", "String", "String", spin + " return input;")
                .task("Forgotten", "String", "String", spin + " return input;")
                .task("Helped", "String", "String", "Helper.spin(input); return input;")
                .task(
                        "Called",
                        "String",
                        "String",
                        "java.util.stream.Stream.generate(new Made(input)).forEach(new Used()); return input;")
                .source(
                        "sample.Helper",
                        "package sample; import java.util.concurrent.*; public class Helper { static void spin(String input) { "
                                + spin + " } }")
                .source(
                        "sample.Made",
                        "package sample; import java.util.concurrent.*; record Made(String input) implements java.util.function.Supplier<String> {"
                                + " public String get() { ((CountDownLatch) System.getProperties().get(input)).countDown(); return input; } }")
                .source(
                        "sample.Used",
                        "package sample; class Used implements java.util.function.Consumer<String> { static int sum;"
                                + " public void accept(String s) { sum += s.length(); } }")
                .writeTo(folder.resolve("tasks.jar"));
        catalog = TaskCatalog.load(List.of(folder), Isolation.SHARED);
    }

    /** @return once it is in its loop */
    private Thread run(String type) throws InterruptedException {
        var started = new CountDownLatch(1);
        Thread thread = start(type, started);
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        return thread;
    }

    private Thread start(String type, CountDownLatch started) {
        System.getProperties().put("started-" + type, started);
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            new TestHost() {
                @Override
                public boolean isKilled() {
                    return killing;
                }
            }.enter();
            try {
                TaskCatalogTest.run(catalog.forThread(), catalog, type, "started-" + type);
            } catch (Throwable killed) {
                // That it ended is what counts.
            }
        });
        threads.add(thread);
        return thread;
    }

    @AfterEach
    void end() throws InterruptedException {
        checkpoints.armAll();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(20));
        }
        checkpoints.disarm();
        Map.copyOf(System.getProperties()).keySet().stream()
                .filter(key -> key.toString().startsWith("started-"))
                .forEach(System.getProperties()::remove);
    }

    @Test
    void areArmedInTheClassesAThreadIsInAndNoOthers() throws Exception {
        Thread one = run("one");
        Thread other = run("other");

        checkpoints.arm(List.of(one));

        one.join(TimeUnit.SECONDS.toMillis(20));
        assertThat(one.isAlive()).isFalse();
        assertThat(other.isAlive()).isTrue();
    }

    @Test
    void areArmedInEveryClassOnTheStack() throws Exception {
        Thread helped = run("helped");

        assertThat(checkpoints.arm(List.of(helped))).isTrue();

        helped.join(TimeUnit.SECONDS.toMillis(20));
        assertThat(helped.isAlive()).isFalse();
    }

    @Test
    void areArmedInAllClassesForCodeThatTheJdkCallsBack() throws Exception {
        Thread called = run("called");

        checkpoints.armAll();

        called.join(TimeUnit.SECONDS.toMillis(20));
        assertThat(called.isAlive()).isFalse();
    }

    @Test
    void asksNoThreadThatIsTaskCodeItself() throws Exception {
        var released = new CountDownLatch(1);
        Thread liar = new Thread() {
            @Override
            public void run() {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    interrupt();
                }
            }

            @Override
            public StackTraceElement[] getStackTrace() {
                throw new AssertionError("asked");
            }

            @Override
            public int hashCode() {
                throw new AssertionError("asked");
            }
        };
        liar.start();
        try {
            assertThat(checkpoints.arm(List.of(liar))).isTrue();
        } finally {
            released.countDown();
            liar.join();
        }
    }

    @Test
    void stayArmedWhileAnotherKillWantsThem() throws Exception {
        Thread one = run("one");
        killing = false; // Or it would be gone before the second looks where it is.
        var others = new Checkpoints();
        others.arm(List.of(one));
        checkpoints.arm(List.of(one));
        killing = true;
        one.join(TimeUnit.SECONDS.toMillis(20));

        others.disarm();

        Thread next = start("one", new CountDownLatch(1));
        next.join(TimeUnit.SECONDS.toMillis(20));
        assertThat(next.isAlive()).isFalse();
    }

    @Test
    void areForgottenWithTheirClasses() throws Exception {
        catalog = TaskCatalog.load(List.of(folder), Isolation.PER_THREAD);
        Thread forgotten = run("forgotten");
        assertThat(CheckpointSwitch.named("sample.Forgotten")).hasSize(1);
        assertThat(CheckpointSwitch.all()).containsAll(CheckpointSwitch.named("sample.Forgotten"));

        TestHost.strike(forgotten);

        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    System.gc();
                    assertThat(CheckpointSwitch.named("sample.Forgotten")).isEmpty();
                });
    }
}
