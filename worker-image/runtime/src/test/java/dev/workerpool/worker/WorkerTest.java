package dev.workerpool.worker;

import static dev.workerpool.worker.TaskJars.gate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole worker over real sockets, in this process. */
class WorkerTest {
    @TempDir
    Path folder;

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final Map<String, String> environment = new HashMap<>();
    private Worker worker;
    private boolean stopped;

    @BeforeEach
    void prepare() {
        System.getProperties().put("started", started);
        System.getProperties().put("release", release);
        TaskJars.jar()
                .task(
                        "Gate",
                        "String",
                        "String",
                        gate("started") + ".countDown(); " + gate("release") + ".await(); return input;")
                .task("Exit", "Integer", "String", "System.exit(input); return null;")
                .task("Throws", "String", "String", "throw new java.io.IOException(input);")
                .task("Nothing", "String", "Void", "return null;")
                .task("Query", "String", "String", "return context.parameters().toString();")
                .task("Copy", "Content", "Content", "return input;")
                .writeTo(folder.resolve("tasks.jar"));
        environment.put("WORKERPOOL_TASKS_DIR", folder.toString());
        environment.put("WORKERPOOL_REPLICA", "replica-1");
        environment.put("WORKERPOOL_PORT", "0");
        environment.put("WORKERPOOL_MANAGEMENT_PORT", "0");
        environment.put("WORKERPOOL_THREADS", "1");
    }

    private void start() throws Exception {
        worker = new Worker(WorkerSettings.from(environment), lost -> {});
        worker.start();
    }

    @AfterEach
    void stop() throws Exception {
        release.countDown();
        if (!stopped) {
            assertThat(worker.stop()).isTrue();
        }
    }

    private Answer post(String path, String body) throws Exception {
        try (var client = new RawClient(worker.taskPort())) {
            return client.post(path, body).read();
        }
    }

    private Answer manage(String path) throws Exception {
        try (var client = new RawClient(worker.managementPort())) {
            return client.get(path).read();
        }
    }

    /** A client whose run has its thread. */
    private RawClient occupy() throws Exception {
        var client = new RawClient(worker.taskPort());
        client.post("/tasks/gate", "held");
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        return client;
    }

    @Test
    void answersWithTheResultAndSaysWhoRanItAndHowLong() throws Exception {
        start();
        release.countDown();
        Answer answer = post("/tasks/gate", "hello");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("replica-1");
        assertThat(answer.header("Workerpool-Thread")).isEqualTo("1");
        assertThat(answer.header("Server-Timing")).matches("wait;dur=\\d+\\.\\d{3}, run;dur=\\d+\\.\\d{3}");
    }

    @Test
    void keepsTheMediaTypeOfContent() throws Exception {
        start();
        try (var client = new RawClient(worker.taskPort())) {
            client.send("POST /tasks/copy HTTP/1.1\r\nContent-Type: a/b; c=d\r\nContent-Length: 3\r\n\r\nabc");

            assertThat(client.read().header("Content-Type")).isEqualTo("a/b; c=d");
        }
    }

    @Test
    void handsQueryParametersToTheTask() throws Exception {
        start();
        assertThat(post("/tasks/query?size=64&name=a%20b&size=128", "").body()).isEqualTo("{size=128, name=a b}");
    }

    @Test
    void answersNoContentForATaskThatGivesNothing() throws Exception {
        start();
        assertThat(post("/tasks/nothing", "").status()).isEqualTo(204);
    }

    @Test
    void listsTasks() throws Exception {
        start();
        try (var client = new RawClient(worker.taskPort())) {
            assertThat(client.get("/tasks").read().body())
                    .contains("{\"type\":\"exit\",\"input\":\"json\",\"output\":\"text\","
                            + "\"schema\":\"/openapi.json#/paths/~1tasks~1exit\"}")
                    .contains("{\"type\":\"copy\",\"input\":\"bytes\",\"output\":\"bytes\",");
        }
    }

    @Test
    void tellsWhichTasksThereAre() throws Exception {
        start();
        Answer answer = post("/tasks/other", "");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body())
                .contains("urn:workerpool:problem:unknown-task")
                .contains("\"known\":[\"copy\",\"exit\",\"gate\",\"nothing\",\"query\",\"throws\"]");
    }

    @Test
    void tellsWhatItServesAtOtherPathsAndMethods() throws Exception {
        start();
        assertThat(post("/other", "").body()).contains("urn:workerpool:problem:not-found");
        try (var client = new RawClient(worker.taskPort())) {
            Answer answer = client.get("/tasks/gate").read();
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("Allow")).isEqualTo("POST");
        }
    }

    @Test
    void tellsWhichFieldIsWrong() throws Exception {
        start();
        Answer answer = post("/tasks/exit", "\"x\"");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"errors\":[{\"field\":\"body\",\"rule\":\"must be a whole number of 32 bits\"}]");
    }

    @Test
    void tellsTheExceptionOfATask() throws Exception {
        start();
        Answer answer = post("/tasks/throws", "because");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).contains("\"exception\":{\"type\":\"java.io.IOException\",\"message\":\"because\"}");
    }

    @Test
    void endsOneThreadWhenATaskExits() throws Exception {
        start();
        Answer answer = post("/tasks/exit", "7");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body())
                .contains("\"detail\":\"Worker stopped with exit code 7\"")
                .contains("\"exitCode\":7");
        assertThat(post("/tasks/query", "").status()).isEqualTo(200);
        assertThat(manage("/metrics").body()).contains("workerpool_threads_replaced_total{reason=\"exit\"} 1.0");
    }

    @Test
    void saysWhenToComeBackWhenTheQueueIsFull() throws Exception {
        environment.put("WORKERPOOL_QUEUE_CAPACITY", "1");
        start();
        try (var held = occupy();
                var queued = new RawClient(worker.taskPort())) {
            queued.post("/tasks/query", "");
            await().until(() -> manage("/status").body().contains("\"queued\":1"));
            Answer answer = post("/tasks/query", "");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("urn:workerpool:problem:queue-full");
            assertThat(answer.header("Retry-After")).isEqualTo("10");
            release.countDown();
            assertThat(held.read().status()).isEqualTo(200);
            assertThat(queued.read().status()).isEqualTo(200);
        }
    }

    @Test
    void givesUpWaitingInTime() throws Exception {
        environment.put("WORKERPOOL_QUEUE_MAX_WAIT", "20ms");
        start();
        try (var held = occupy()) {
            Answer answer = post("/tasks/query", "");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("urn:workerpool:problem:wait-exceeded");
            assertThat(answer.header("Workerpool-Thread")).isNull();
            release.countDown();
            held.read();
        }
    }

    @Test
    void stopsATaskThatRunsTooLong() throws Exception {
        environment.put("WORKERPOOL_TASK_TIMEOUT", "20ms");
        start();
        Answer answer = post("/tasks/gate", "");

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.body())
                .contains("urn:workerpool:problem:task-timeout")
                .contains("20 ms, the pool's time limit");
    }

    private Answer postWith(String headers, String path) throws Exception {
        try (var client = new RawClient(worker.taskPort())) {
            return client.send("POST " + path + " HTTP/1.1\r\n" + headers + "Content-Length: 0\r\n\r\n")
                    .read();
        }
    }

    @Test
    void stopsATaskThatRunsLongerThanItsCallerAllows() throws Exception {
        start();
        Answer answer = postWith("Workerpool-Timeout: 20ms\r\n", "/tasks/gate");

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.body()).contains("20 ms, the limit that the call set by Workerpool-Timeout");
    }

    @ParameterizedTest
    @ValueSource(strings = {"31s", "0s", "20", "-1s", "", "1m", "1s\r\nworkerpool-timeout: 2s"})
    void refusesATimeLimitThatItCannotKeepBeforeItReceivesTheBody(String limit) throws Exception {
        start();
        try (var client = new RawClient(worker.taskPort())) {
            client.send("POST /tasks/gate HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"
                    + "Workerpool-Timeout: " + limit + "\r\n\r\n");
            Answer answer = client.read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body())
                    .contains("urn:workerpool:problem:malformed-input")
                    .contains("\"field\":\"Workerpool-Timeout\"")
                    .containsAnyOf(
                            "must be a duration from 1ms to 30s, the pool's time limit, such as 500ms, 10s or 5m",
                            "must be given once");
        }
    }

    @Test
    void runsWhatIsUrgentFirst() throws Exception {
        start();
        try (var held = occupy();
                var usual = new RawClient(worker.taskPort());
                var urgent = new RawClient(worker.taskPort())) {
            usual.post("/tasks/query", "");
            await().until(() -> manage("/status").body().contains("\"queued\":1"));
            urgent.send("POST /tasks/query HTTP/1.1\r\nPriority: u=0, i\r\nContent-Length: 0\r\n\r\n");
            await().until(() -> manage("/status").body().contains("\"queued\":2"));
            release.countDown();

            assertThat(waited(urgent.read())).isLessThan(waited(usual.read()));
            held.read();
        }
    }

    /** Of a run that came later and started earlier it is less. */
    private static double waited(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return Double.parseDouble(answer.header("Server-Timing").split("[=,]")[1]);
    }

    @Test
    void cancelsTheRunOfAClientThatHasGone() throws Exception {
        start();
        try (var held = occupy()) {
            try (var queued = new RawClient(worker.taskPort())) {
                queued.post("/tasks/query", "");
                await().until(() -> manage("/status").body().contains("\"queued\":1"));
            }
            await().until(() -> manage("/status").body().contains("\"queued\":0"));
            release.countDown();
            held.read();
        }
        assertThat(manage("/metrics").body()).doesNotContain("task=\"query\",outcome");
    }

    @Test
    void reportsItsStateAndAJarThatWasNotLoaded() throws Exception {
        Files.writeString(folder.resolve("broken.jar"), "no jar");
        start();
        try (var held = occupy()) {
            assertThat(manage("/status").body())
                    .contains("\"pool\":\"standalone\",\"replica\":\"replica-1\"")
                    .contains("\"state\":\"Ready\"")
                    .contains("{\"id\":1,\"state\":\"Active\",\"task\":\"gate\",\"since\":\"")
                    .contains("\"active\":1,\"queued\":0")
                    .contains("\"jar\":\"" + folder.resolve("broken.jar")
                            + "\",\"state\":\"Failed\",\"tasks\":[],\"reason\":\"cannot be read")
                    .contains("\"jar\":\"" + folder.resolve("tasks.jar") + "\",\"state\":\"Loaded\"");
            release.countDown();
            held.read();
        }
    }

    @Test
    void isReadyOnceStarted() throws Exception {
        start();
        assertThat(manage("/health/started").status()).isEqualTo(200);
        assertThat(manage("/health/ready").status()).isEqualTo(200);
        assertThat(manage("/health/live").status()).isEqualTo(200);
        assertThat(manage("/other").status()).isEqualTo(404);
    }

    @Test
    void finishesWhatItAcceptedWhileItDrains() throws Exception {
        start();
        try (var active = occupy();
                var queued = new RawClient(worker.taskPort())) {
            queued.post("/tasks/query", "");
            await().until(() -> manage("/status").body().contains("\"queued\":1"));
            var drained = CompletableFuture.supplyAsync(this::drain);
            await().until(() -> manage("/health/ready").status() == 503);
            assertThat(manage("/health/live").status()).isEqualTo(200);
            await().until(() -> post("/tasks/query", "").body().contains("urn:workerpool:problem:draining"));

            release.countDown();

            assertThat(active.read().body()).isEqualTo("held");
            assertThat(queued.read().header("Connection")).isEqualTo("close");
            active.close();
            queued.close();
            assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void interruptsWhatDoesNotFinishInTime() throws Exception {
        environment.put("WORKERPOOL_DRAIN_TIMEOUT", "20ms");
        start();
        try (var active = occupy()) {
            var drained = CompletableFuture.supplyAsync(this::drain);

            assertThat(active.read().body()).contains("urn:workerpool:problem:draining");
            active.close();
            assertThat(drained.get(20, TimeUnit.SECONDS)).isFalse();
        }
    }

    private boolean drain() {
        try {
            stopped = true;
            return worker.stop();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
