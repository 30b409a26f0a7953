package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.http.RawClient;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
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

    private final Map<String, String> environment = new HashMap<>();
    private final AtomicInteger made = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private Worker worker;

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
        environment.put("WORKERPOOL_TASKS_DIR", folder.toString());
        environment.put("WORKERPOOL_PORT", "0");
        environment.put("WORKERPOOL_MANAGEMENT_PORT", "0");
        environment.put("WORKERPOOL_THREADS", "2");
        environment.put("WORKERPOOL_SHARED_MEMORY", "1Ki");
    }

    private void start() throws Exception {
        worker = new Worker(WorkerSettings.from(environment), lost -> {});
        worker.start();
    }

    @AfterEach
    void stop() throws Exception {
        if (worker != null) {
            worker.stop();
        }
    }

    private RawClient.Answer post(String type, String body) throws Exception {
        try (var client = new RawClient(worker.taskPort())) {
            return client.post("/tasks/" + type, body).read();
        }
    }

    /** On both threads at once. */
    private HashSet<String> onBoth(String type) throws Exception {
        var answers = new HashSet<String>();
        try (var first = new RawClient(worker.taskPort());
                var second = new RawClient(worker.taskPort())) {
            first.post("/tasks/" + type, "");
            second.post("/tasks/" + type, "");
            answers.add(first.read().body());
            answers.add(second.read().body());
        }
        return answers;
    }

    @Test
    void makesAResourceOncePerReplicaAndClosesItAtTheEnd() throws Exception {
        start();

        assertThat(onBoth("model")).containsExactly("1");
        assertThat(onBoth("model")).containsExactly("1");
        assertThat(closed.getCount()).isOne();
        worker.stop();
        worker = null;
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void makesAResourcePerThreadWhereThreadsHaveClassesOfTheirOwn() throws Exception {
        environment.put("WORKERPOOL_ISOLATION", "PerThread");
        start();

        assertThat(onBoth("model")).containsExactlyInAnyOrder("1", "2");
        assertThat(onBoth("model")).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void sharesMemoryWhateverTheIsolation() throws Exception {
        environment.put("WORKERPOOL_ISOLATION", "PerThread");
        start();

        assertThat(onBoth("count")).containsExactlyInAnyOrder("0", "1");
        assertThat(onBoth("count")).containsExactlyInAnyOrder("2", "3");
    }

    @Test
    void saysThatSharedMemoryIsUsedUpOrOfAnotherSize() throws Exception {
        start();

        assertThat(post("grow", "1025").body()).contains("does not fit").contains("WORKERPOOL_SHARED_MEMORY");
        assertThat(post("grow", "1024").body()).isEqualTo("1024");
        assertThat(post("grow", "512").body()).contains("Shared memory 'grown' has 1024 bytes, not 512");
    }

    @Test
    void leavesTheRunAloneWhenAThreadOfAResourceExits() throws Exception {
        start();

        assertThat(post("server", "").body()).isEqualTo("served");
    }
}
