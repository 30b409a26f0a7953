package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.http.RawClient.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole worker over real sockets, in this process: what it answers and what it says of itself. */
class WorkerTest {
    @TempDir
    Path folder;

    private final Gate gate = new Gate();
    private LocalWorker worker;

    @BeforeEach
    void prepare() {
        gate.addTo(TaskJars.jar())
                .task("Exit", "Integer", "String", "System.exit(input); return null;")
                .task("Throws", "String", "String", "throw new java.io.IOException(input);")
                .task("Nothing", "String", "Void", "return null;")
                .task("Query", "String", "String", "return context.parameters().toString();")
                .task("Copy", "Content", "Content", "return input;")
                .writeTo(folder.resolve("tasks.jar"));
        worker = new LocalWorker(folder);
    }

    @AfterEach
    void stop() throws Exception {
        gate.open();
        assertThat(worker.drain().get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void answersWithTheResultAndSaysWhoRanItAndHowLong() throws Exception {
        gate.open();
        Answer answer = worker.post("/tasks/gate", "hello");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("replica-1");
        assertThat(answer.header("Workerpool-Thread")).isEqualTo("1");
        assertThat(answer.header("Server-Timing")).matches("wait;dur=\\d+\\.\\d{3}, run;dur=\\d+\\.\\d{3}");
    }

    @Test
    void keepsTheMediaTypeOfContent() throws Exception {
        try (var client = worker.connect()) {
            client.send(
                    "POST /tasks/copy HTTP/1.1\r\nHost: t\r\nContent-Type: a/b; c=d\r\nContent-Length: 3\r\n\r\nabc");

            assertThat(client.read().header("Content-Type")).isEqualTo("a/b; c=d");
        }
    }

    @Test
    void takesAnEmptyMediaTypeForNone() throws Exception {
        try (var client = worker.connect()) {
            client.send("POST /tasks/copy HTTP/1.1\r\nHost: t\r\nContent-Type: \r\nContent-Length: 3\r\n\r\nabc");

            assertThat(client.read().header("Content-Type")).isEqualTo("application/octet-stream");
        }
    }

    @Test
    void handsQueryParametersToTheTask() throws Exception {
        assertThat(worker.post("/tasks/query?size=64&name=a%20b&size=128", "").body())
                .isEqualTo("{size=128, name=a b}");
    }

    @Test
    void saysThatAQueryIsMalformed() throws Exception {
        Answer answer = worker.post("/tasks/query?size=%zz", "");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .contains("{\"field\":\"query\",\"rule\":\"must have two hexadecimal digits behind each %\"}");
    }

    @Test
    void takesCompressedInputOnlyWhereItIsBytes() throws Exception {
        Answer json = post("/tasks/exit", "Content-Encoding: gzip", "7");
        assertThat(json.status()).isEqualTo(415);
        assertThat(json.header("Accept-Encoding")).isEqualTo("identity");
        assertThat(json.body()).contains("urn:workerpool:problem:unsupported-media-type", "Content-Encoding");
        assertThat(post("/tasks/query", "Content-Encoding: br, gzip", "x").status())
                .isEqualTo(415);
        assertThat(post("/tasks/query", "Content-Encoding: Identity", "x").status())
                .isEqualTo(200);
        assertThat(post("/tasks/nothing", "Content-Encoding: ", "x").status()).isEqualTo(204);
        assertThat(post("/tasks/copy", "Content-Encoding: gzip", "abc").body()).isEqualTo("abc");
    }

    @Test
    void readsJsonWhateverItsMediaTypeSays() throws Exception {
        assertThat(post("/tasks/exit", "Content-Type: application/x-www-form-urlencoded", "7")
                        .body())
                .contains("exit code 7");
    }

    private Answer post(String path, String header, String body) throws Exception {
        try (var client = worker.connect()) {
            return client.send("POST " + path + " HTTP/1.1\r\nHost: t\r\n" + header + "\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body)
                    .read();
        }
    }

    @Test
    void answersNoContentForATaskThatGivesNothing() throws Exception {
        assertThat(worker.post("/tasks/nothing", "").status()).isEqualTo(204);
    }

    @Test
    void listsTasks() throws Exception {
        try (var client = worker.connect()) {
            assertThat(client.get("/tasks").read().body())
                    .contains("{\"type\":\"exit\",\"input\":\"json\",\"output\":\"text\","
                            + "\"schema\":\"/openapi.json#/paths/~1tasks~1exit\"}")
                    .contains("{\"type\":\"copy\",\"input\":\"bytes\",\"output\":\"bytes\",");
        }
    }

    @Test
    void tellsWhichTasksThereAre() throws Exception {
        Answer answer = worker.post("/tasks/other", "");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body())
                .contains("urn:workerpool:problem:unknown-task")
                .contains("\"known\":[\"copy\",\"exit\",\"gate\",\"nothing\",\"query\",\"throws\"]");
    }

    @Test
    void tellsWhatItServesAtOtherPathsAndMethods() throws Exception {
        assertThat(worker.post("/other", "").body()).contains("urn:workerpool:problem:not-found");
        try (var client = worker.connect()) {
            Answer answer = client.get("/tasks/gate").read();
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("Allow")).isEqualTo("POST");
        }
    }

    @Test
    void tellsWhichFieldIsWrong() throws Exception {
        Answer answer = worker.post("/tasks/exit", "\"x\"");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"errors\":[{\"field\":\"body\",\"rule\":\"must be a whole number of 32 bits\"}]");
    }

    @Test
    void tellsTheExceptionOfATask() throws Exception {
        Answer answer = worker.post("/tasks/throws", "because");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body()).contains("\"exception\":{\"type\":\"java.io.IOException\",\"message\":\"because\"}");
    }

    @Test
    void endsOneThreadWhenATaskExits() throws Exception {
        Answer answer = worker.post("/tasks/exit", "7");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body())
                .contains("\"detail\":\"Worker stopped with exit code 7\"")
                .contains("\"exitCode\":7");
        assertThat(worker.post("/tasks/query", "").status()).isEqualTo(200);
        assertThat(worker.get("/metrics").body()).contains("workerpool_threads_replaced_total{reason=\"exit\"} 1.0");
    }

    @Test
    void measuresTheWaitAndTheRunOfEachCallByItsTask() throws Exception {
        worker.post("/tasks/query", "");
        worker.post("/tasks/query", "");
        worker.post("/tasks/throws", "because");

        assertThat(worker.get("/metrics").body())
                .contains("workerpool_wait_seconds_count{task=\"query\"} 2\n")
                .contains("workerpool_run_seconds_count{task=\"query\"} 2\n")
                .contains("workerpool_wait_seconds_count{task=\"throws\"} 1\n")
                .contains("workerpool_run_seconds_count{task=\"throws\"} 1\n")
                .contains("workerpool_run_seconds_bucket{task=\"query\",le=\"+Inf\"} 2\n");
    }

    /** They come up after the start; whoever looks earlier must not miss them, and they must not be there twice. */
    @Test
    void hasTheMetricsOfItsJvmFromTheFirstLookOn() throws Exception {
        for (int look = 1; look <= 2; look++) {
            assertThat(worker.get("/metrics").body())
                    .contains("jvm_memory_used_bytes{area=\"heap\"}")
                    .contains("jvm_gc_collection_seconds", "jvm_threads_current", "jvm_memory_allocated_bytes_total ")
                    .contains("jvm_classes_currently_loaded", "jvm_runtime_info", "process_open_fds");
        }
    }

    @Test
    void reportsItsStateAndAJarThatWasNotLoaded() throws Exception {
        Files.writeString(folder.resolve("broken.jar"), "no jar");
        try (var held = gate.occupy(worker)) {
            assertThat(worker.get("/status").body())
                    .contains("\"pool\":\"standalone\",\"replica\":\"replica-1\"")
                    .contains("\"state\":\"Ready\"")
                    .contains("{\"id\":1,\"state\":\"Active\",\"task\":\"gate\",\"since\":\"")
                    .contains("\"active\":1,\"queued\":0")
                    .contains("\"jar\":\"" + folder.resolve("broken.jar")
                            + "\",\"state\":\"Failed\",\"tasks\":[],\"reason\":\"cannot be read")
                    .contains("\"jar\":\"" + folder.resolve("tasks.jar") + "\",\"state\":\"Loaded\"");
            gate.open();
            held.read();
        }
    }

    @Test
    void isReadyOnceStarted() throws Exception {
        assertThat(worker.get("/health/started").status()).isEqualTo(200);
        assertThat(worker.get("/health/ready").status()).isEqualTo(200);
        assertThat(worker.get("/health/live").status()).isEqualTo(200);
        assertThat(worker.get("/other").status()).isEqualTo(404);
    }
}
