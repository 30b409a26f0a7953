package dev.workerpool.worker;

import static dev.workerpool.worker.TaskJars.gate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results that are sent while their task makes them, over real sockets. */
class StreamedResultTest {
    @TempDir
    Path folder;

    private final CountDownLatch release = new CountDownLatch(1);
    private LocalWorker worker;

    @BeforeEach
    void prepare() {
        System.getProperties().put("release", release);
        TaskJars.jar()
                .task(
                        "Lines",
                        "Integer",
                        "java.util.stream.Stream<Map<String, Integer>>",
                        "return java.util.stream.IntStream.range(0, input).mapToObj(i -> { if (i == 2) try { "
                                + gate("release")
                                + ".await(); } catch (InterruptedException e) { throw new IllegalStateException(e); }"
                                + " return Map.of(\"i\", i); });")
                .taskClass("Array", """
                        @TaskType(value = "array", produces = "application/json")
                        public class Array implements Task<Integer, Iterator<Integer>> {
                            public Iterator<Integer> run(Integer input, TaskContext context) {
                                return java.util.stream.IntStream.range(0, input).iterator();
                            }
                        }
                        """)
                .task(
                        "Late",
                        "String",
                        "ContentStream",
                        "return new ContentStream(\"text/plain\", out -> { if (input.equals(\"bad\")) throw new"
                                + " InvalidInputException(\"body\", \"must not be bad\"); out.write(input.getBytes()); });")
                .task(
                        "Cut",
                        "String",
                        "ContentStream",
                        "return new ContentStream(\"text/plain\", out -> { out.write(input.getBytes()); out.flush(); "
                                + gate("release")
                                + ".await(); throw new IllegalStateException(\"after the first byte\"); });")
                .task(
                        "Endless",
                        "Void",
                        "java.io.InputStream",
                        "return new java.io.InputStream() { public int read() { return 'x'; }"
                                + " public int read(byte[] b, int o, int l) { Arrays.fill(b, o, o + l, (byte) 'x'); return l; } };")
                .task("Echo", "java.io.InputStream", "java.io.InputStream", "return input;")
                .writeTo(folder.resolve("tasks.jar"));
        worker = new LocalWorker(folder);
    }

    private RawClient post(String type, String body) throws Exception {
        return worker.connect().post("/tasks/" + type, body);
    }

    @AfterEach
    void stop() throws Exception {
        release.countDown();
        worker.close();
    }

    @Test
    void sendsTheFirstLinesBeforeTheLastAreMade() throws Exception {
        try (var client = post("lines", "3")) {
            var head = client.readHead();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Type")).isEqualTo("application/x-ndjson");
            assertThat(head.header("Workerpool-Thread")).isEqualTo("1");
            assertThat(head.header("Server-Timing")).matches("wait;dur=\\d+\\.\\d{3}");
            var received = new StringBuilder(client.chunk());
            release.countDown();
            for (String chunk = client.chunk(); chunk != null; chunk = client.chunk()) {
                received.append(chunk);
            }

            assertThat(received).hasToString("{\"i\":0}\n{\"i\":1}\n{\"i\":2}\n");
            assertThat(client.post("/tasks/late", "next").read().body()).isEqualTo("next");
        }
    }

    @Test
    void sendsAnArrayWhereTheTaskProducesJson() throws Exception {
        try (var client = post("array", "1000")) {
            var answer = client.read();

            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
            assertThat(answer.body()).startsWith("[0,1,2,").endsWith(",999]");
        }
    }

    @Test
    void answersWholeWhatIsOverBeforeThereIsNeedToStream() throws Exception {
        try (var client = post("late", "short")) {
            var answer = client.read();

            assertThat(answer.header("Content-Length")).isEqualTo("5");
            assertThat(answer.header("Server-Timing")).contains("run;dur=");
        }
    }

    @Test
    void answersWithAProblemWhatFailsBeforeTheFirstByte() throws Exception {
        try (var client = post("late", "bad")) {
            var answer = client.read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("must not be bad");
        }
    }

    @Test
    void cutsTheAnswerWhereTheTaskFailsAfterTheFirstByte() throws Exception {
        try (var client = post("cut", "part")) {
            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(client.chunk()).isEqualTo("part");
            release.countDown();

            assertThatThrownBy(client::chunk).isInstanceOf(IOException.class);
        }
        await().untilAsserted(() -> assertThat(worker.get("/metrics").body())
                .contains("workerpool_runs_total{outcome=\"failed\",task=\"cut\"} 1.0"));
    }

    @Test
    void freesTheThreadOfAClientThatTakesNothingWhenTheRunsTimeIsUp() throws Exception {
        worker.with("WORKERPOOL_TASK_TIMEOUT", "200ms");
        try (var slow = post("endless", "")) {
            slow.readHead();
            try (var other = post("late", "served")) {
                assertThat(other.read().body()).isEqualTo("served");
            }
            assertThat(worker.get("/metrics").body())
                    .contains("workerpool_runs_total{outcome=\"timed-out\",task=\"endless\"} 1.0");
        }
    }

    @Test
    void stopsTheRunOfAClientThatGoesInTheMiddle() throws Exception {
        try (var client = post("endless", "")) {
            client.readHead();
            client.chunk();
        }
        try (var other = post("late", "served")) {
            assertThat(other.read().body()).isEqualTo("served");
        }
        await().untilAsserted(() -> assertThat(worker.get("/metrics").body())
                .contains("workerpool_runs_total{outcome=\"cancelled\",task=\"endless\"} 1.0"));
    }

    @Test
    void carriesManyBytesThroughUnchanged() throws Exception {
        String body = "0123456789abcdef".repeat(200_000);
        try (var client = post("echo", body)) {
            assertThat(client.read().body()).isEqualTo(body);
        }
    }

    @Test
    void endsTheStreamOfADrainingReplicaWhole() throws Exception {
        try (var client = post("lines", "3")) {
            client.readHead();
            var stopping = worker.drain();
            var received = new StringBuilder(client.chunk());
            release.countDown();
            for (String chunk = client.chunk(); chunk != null; chunk = client.chunk()) {
                received.append(chunk);
            }

            assertThat(received).hasToString("{\"i\":0}\n{\"i\":1}\n{\"i\":2}\n");
            client.close();
            await().atMost(Duration.ofSeconds(20)).until(stopping::isDone);
            assertThat(stopping.join()).isTrue();
        }
    }
}
