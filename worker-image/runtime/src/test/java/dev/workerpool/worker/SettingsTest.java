package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.control.OperatorKey;
import dev.workerpool.worker.http.RawClient.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings over real sockets. */
class SettingsTest {
    private static final String POD = "shop/replica-1/0a1b";

    @TempDir
    Path folder;

    private final OperatorKey operator = new OperatorKey();
    private LocalWorker worker;

    @BeforeEach
    void prepare() {
        worker = new LocalWorker(folder)
                .with("WORKERPOOL_NAMESPACE", "shop")
                .with("WORKERPOOL_POD_UID", "0a1b")
                .with("WORKERPOOL_CONTROL_KEY", operator.encoded())
                .with("WORKERPOOL_GENERATION", "3");
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(worker.drain().get(20, TimeUnit.SECONDS)).isTrue();
    }

    private Answer put(String headers, String body) throws Exception {
        try (var client = worker.manage()) {
            int length = body.getBytes(StandardCharsets.ISO_8859_1).length;
            return client.send("PUT /settings HTTP/1.1\r\nHost: t\r\n" + headers + "Content-Length: " + length
                            + "\r\n\r\n" + body)
                    .read();
        }
    }

    private Answer change(String body) throws Exception {
        String token = operator.sign(POD, body, Instant.now());
        return put("Authorization: Bearer " + token + "\r\nContent-Type: application/json\r\n", body);
    }

    @Test
    void tellsWhichListOfPeersIsInForceAlsoToWhoSendsAnOlderOne() throws Exception {
        String peers =
                "{\"generation\":4,\"peers\":{\"version\":%d,\"token\":\"a-token-of-the-pool\",\"replicas\":[]}}";

        assertThat(worker.get("/settings").body()).contains("\"peers\":{\"version\":0}");
        assertThat(change(peers.formatted(9)).body()).contains("\"peers\":{\"version\":9}");
        assertThat(change(peers.formatted(8)).body()).contains("\"peers\":{\"version\":9}");
        assertThat(worker.get("/settings").body()).contains("\"peers\":{\"version\":9}");
    }

    @Test
    void changesWhatIsInForceAndShowsIt() throws Exception {
        assertThat(worker.get("/status").body()).contains("\"generation\":3");

        Answer answer = change("{\"generation\":4,\"threads\":2,\"config\":{\"quality\":\"80\"}}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"generation\":4,\"threads\":2,\"queue\":{\"capacity\":256,\"maxWait\":\"10s\"},"
                        + "\"tasks\":{\"timeout\":\"30s\",\"maxAllocation\":null},\"drain\":{\"timeout\":\"1m\"},"
                        + "\"config\":{\"quality\":\"80\"},\"peers\":{\"version\":0}}");
        assertThat(worker.get("/settings").body()).isEqualTo(answer.body());
        assertThat(worker.get("/status").body())
                .contains("\"generation\":4")
                .contains("\"settings\":{\"generation\":4,\"threads\":2")
                .contains("{\"id\":2,\"state\":\"Idle\"");
        assertThat(worker.get("/metrics").body())
                .contains("workerpool_threads 2.0")
                .contains("workerpool_generation 4.0");
    }

    @Test
    void isInForceSoonOnceItHasSeenAMessage() throws Exception {
        change("{\"generation\":3}");
        long start = System.nanoTime();

        assertThat(change("{\"generation\":4,\"threads\":64}").status()).isEqualTo(200);

        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
        assertThat(worker.get("/status").body()).contains("{\"id\":64,");
    }

    @Test
    void refusesAnOlderGeneration() throws Exception {
        Answer answer = change("{\"generation\":2,\"threads\":2}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body())
                .contains("urn:workerpool:problem:stale-generation")
                .contains("\"generation\":3");
    }

    @Test
    void runsNoTaskThatIsRefusedUntilItIsLetInAgain() throws Exception {
        TaskJars.jar()
                .task("Deadly", "String", "String", "return input;")
                .task("Harmless", "String", "String", "return input;")
                .writeTo(folder.resolve("tasks.jar"));
        assertThat(worker.post("/tasks/deadly", "\"a\"").status()).isEqualTo(200);

        String until = Instant.now().plusSeconds(900).toString();
        assertThat(change("{\"generation\":3,\"refusedTasks\":{\"deadly\":\"" + until + "\"}}")
                        .status())
                .isEqualTo(200);

        Answer refused = worker.post("/tasks/deadly", "\"a\"");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body())
                .contains("urn:workerpool:problem:task-refused")
                .contains("'deadly'");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 900);
        assertThat(worker.post("/tasks/harmless", "\"a\"").status()).isEqualTo(200);
        assertThat(worker.get("/metrics").body()).contains("workerpool_rejected_total{reason=\"task-refused\"} 1.0");

        change("{\"generation\":3,\"threads\":1}");
        assertThat(worker.post("/tasks/deadly", "\"a\"").status())
                .as("not named again, so as before")
                .isEqualTo(503);
        change("{\"generation\":3,\"refusedTasks\":{}}");
        assertThat(worker.post("/tasks/deadly", "\"a\"").status()).isEqualTo(200);
    }

    @Test
    void doesNotRunWhatWaitsAlreadyWhenItsTaskComesToBeRefused() throws Exception {
        var gate = new Gate();
        gate.addTo(TaskJars.jar().task("Deadly", "String", "String", "return input;"))
                .writeTo(folder.resolve("tasks.jar"));
        worker.with("WORKERPOOL_THREADS", "1");
        try (var held = gate.occupy(worker);
                var waiting = worker.connect()) {
            waiting.post("/tasks/deadly", "\"a\"");
            await().until(() -> worker.get("/status").body().contains("\"queued\":1"));
            String until = Instant.now().plusSeconds(900).toString();
            assertThat(change("{\"generation\":3,\"refusedTasks\":{\"deadly\":\"" + until + "\"}}")
                            .status())
                    .isEqualTo(200);
            gate.open();

            Answer refused = waiting.read();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body()).contains("urn:workerpool:problem:task-refused");
            assertThat(refused.header("Workerpool-Thread")).isNull();
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 900);
            assertThat(held.read().status()).isEqualTo(200);
            assertThat(worker.get("/metrics").body())
                    .contains("workerpool_rejected_total{reason=\"task-refused\"} 1.0");
        }
    }

    @Test
    void letsARefusedTaskInByItselfWhenItsTimeIsOver() throws Exception {
        TaskJars.jar().task("Deadly", "String", "String", "return input;").writeTo(folder.resolve("tasks.jar"));
        String over = Instant.now().minusSeconds(1).toString();

        change("{\"generation\":3,\"refusedTasks\":{\"deadly\":\"" + over + "\"}}");

        assertThat(worker.post("/tasks/deadly", "\"a\"").status()).isEqualTo(200);
    }

    @Test
    void namesWhatIsWrongWithRefusedTasks() throws Exception {
        assertThat(change("{\"generation\":3,\"refusedTasks\":[\"deadly\"]}").body())
                .contains("{\"field\":\"refusedTasks\",\"rule\":\"must be an object of at most 64 task types\"}");
        assertThat(change("{\"generation\":3,\"refusedTasks\":{\"deadly\":\"soon\"}}")
                        .body())
                .contains(
                        "{\"field\":\"refusedTasks.deadly\",\"rule\":\"must be a time such as 2026-01-31T12:00:00Z\"}");
    }

    @Test
    void namesTheFieldThatIsWrong() throws Exception {
        Answer answer = change("{\"generation\":4,\"queue\":{\"maxWait\":\"2h\"}}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .contains("urn:workerpool:problem:malformed-input")
                .contains("\"errors\":[{\"field\":\"queue.maxWait\",\"rule\":\"must be a duration from 0s to 1h");
        assertThat(worker.get("/settings").body()).contains("\"generation\":3");
    }

    @Test
    void refusesWhoeverIsNotTheOperatorAndCountsIt() throws Exception {
        String body = "{\"generation\":4,\"threads\":2}";
        String forged = new OperatorKey().sign(POD, body, Instant.now());

        Answer answer = put("Authorization: Bearer " + forged + "\r\nContent-Type: application/json\r\n", body);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(answer.body())
                .contains("urn:workerpool:problem:control-refused")
                .contains("\"reason\":\"signature\"");
        assertThat(put("Content-Type: application/json\r\n", body).status()).isEqualTo(401);
        assertThat(put("Authorization: Basic eDp5\r\n", body).status()).isEqualTo(401);
        assertThat(worker.get("/metrics").body())
                .contains("workerpool_control_refused_total{reason=\"signature\"} 1.0")
                .contains("workerpool_control_refused_total{reason=\"no-token\"} 2.0")
                .contains("workerpool_control_refused_total{reason=\"replayed\"} 0.0");
        assertThat(worker.get("/settings").body()).contains("\"generation\":3");
    }

    @Test
    void takesNoMessagesWithoutAKey() throws Exception {
        worker.without("WORKERPOOL_CONTROL_KEY");
        Answer answer = change("{\"generation\":4}");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body())
                .contains("urn:workerpool:problem:control-refused")
                .contains("WORKERPOOL_CONTROL_KEY");
    }

    @Test
    void takesJsonOnlyAndNotWithoutEnd() throws Exception {
        String body = "{\"generation\":4}";
        String token = "Authorization: Bearer " + operator.sign(POD, body, Instant.now()) + "\r\n";

        assertThat(put(token + "Content-Type: text/plain\r\n", body).status()).isEqualTo(415);
        try (var client = worker.manage()) {
            client.send("PUT /settings HTTP/1.1\r\nHost: t\r\n" + token
                    + "Content-Type: application/json\r\nContent-Length: 600000\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(413);
        }
        assertThat(put(token + "Content-Type: application/json; charset=utf-8\r\n", body)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void takesAsLongAConfigAsTheResourceMayHave() throws Exception {
        String value = "\\u0007".repeat(30_000);

        Answer answer = change("{\"generation\":4,\"config\":{\"a\":\"" + value + "\",\"b\":\"" + value + "\"}}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(worker.get("/status").body()).doesNotContain("\\u0007");
    }

    @Test
    void tellsOtherMethodsWhatThereIs() throws Exception {
        try (var client = worker.manage()) {
            Answer answer = client.post("/settings", "{}").read();
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, PUT");
        }
    }

    @Test
    void isStillReadyWhileMessagesComeIn() throws Exception {
        for (int generation = 4; generation < 40; generation++) {
            assertThat(change("{\"generation\":" + generation + ",\"threads\":" + (1 + generation % 4) + "}")
                            .status())
                    .isEqualTo(200);
        }
        await().until(() -> !worker.get("/status").body().contains("{\"id\":5,"));
        assertThat(worker.get("/health/ready").status()).isEqualTo(200);
    }
}
