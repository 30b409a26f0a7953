package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs share, seen from outside: two threads that meet at a barrier are two for sure. */
class SharedStateTest {
    private static final String BARRIER =
            "((CyclicBarrier) System.getProperties().get(\"barrier\")).await(20, TimeUnit.SECONDS);";

    @TempDir
    Path folder;

    private final AtomicInteger made = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private LocalWorker worker;

    @BeforeEach
    void prepare() {
        System.getProperties().put("barrier", new CyclicBarrier(2));
        System.getProperties().put("made", made);
        System.getProperties().put("closed", closed);
        TaskJars.jar()
                .taskClass("Model", """
                        @TaskType("model")
                        public class Model implements Task<String, Integer> {
                            static class Resource implements AutoCloseable {
                                final int number =
                                        ((java.util.concurrent.atomic.AtomicInteger) System.getProperties().get("made")).incrementAndGet();
                                public void close() { ((CountDownLatch) System.getProperties().get("closed")).countDown(); }
                            }
                            public Integer run(String input, TaskContext context) throws Exception {
                                %s
                                return context.shared("model", Resource::new).number;
                            }
                        }
                        """.formatted(BARRIER))
                .task(
                        "Count",
                        "String",
                        "Long",
                        BARRIER + "var memory = context.sharedMemory(\"counts\", 8); var handle ="
                                + " java.lang.foreign.ValueLayout.JAVA_LONG.varHandle();"
                                + " return (long) handle.getAndAdd(memory, 0L, 1L);")
                .task("Grow", "Integer", "Long", "return context.sharedMemory(\"grown\", input).byteSize();")
                .task(
                        "Server",
                        "String",
                        "String",
                        "return context.shared(\"server\", () -> { var t = new Thread(() -> System.exit(3));"
                                + " t.setUncaughtExceptionHandler((a, b) -> {}); t.start(); t.join(); return \"served\"; });")
                .writeTo(folder.resolve("tasks.jar"));
        worker = new LocalWorker(folder).with("WORKERPOOL_THREADS", "2").with("WORKERPOOL_SHARED_MEMORY", "1Ki");
    }

    @AfterEach
    void stop() throws Exception {
        worker.close();
    }

    /** On both threads at once. */
    private HashSet<String> onBoth(String type) throws Exception {
        var answers = new HashSet<String>();
        try (var first = worker.connect();
                var second = worker.connect()) {
            first.post("/tasks/" + type, "");
            second.post("/tasks/" + type, "");
            answers.add(first.read().body());
            answers.add(second.read().body());
        }
        return answers;
    }

    @Test
    void makesAResourceOncePerReplicaAndClosesItAtTheEnd() throws Exception {
        assertThat(onBoth("model")).containsExactly("1");
        assertThat(onBoth("model")).containsExactly("1");
        assertThat(closed.getCount()).isOne();
        worker.close();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void makesAResourcePerThreadWhereThreadsHaveClassesOfTheirOwn() throws Exception {
        worker.with("WORKERPOOL_ISOLATION", "PerThread");
        assertThat(onBoth("model")).containsExactlyInAnyOrder("1", "2");
        assertThat(onBoth("model")).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void sharesMemoryWhateverTheIsolation() throws Exception {
        worker.with("WORKERPOOL_ISOLATION", "PerThread");
        assertThat(onBoth("count")).containsExactlyInAnyOrder("0", "1");
        assertThat(onBoth("count")).containsExactlyInAnyOrder("2", "3");
    }

    @Test
    void saysThatSharedMemoryIsUsedUpOrOfAnotherSize() throws Exception {
        assertThat(worker.post("/tasks/grow", "1025").body())
                .contains("does not fit")
                .contains("WORKERPOOL_SHARED_MEMORY");
        assertThat(worker.post("/tasks/grow", "1024").body()).isEqualTo("1024");
        assertThat(worker.post("/tasks/grow", "512").body()).contains("Shared memory 'grown' has 1024 bytes, not 512");
    }

    @Test
    void leavesTheRunAloneWhenAThreadOfAResourceExits() throws Exception {
        assertThat(worker.post("/tasks/server", "").body()).isEqualTo("served");
    }
}
