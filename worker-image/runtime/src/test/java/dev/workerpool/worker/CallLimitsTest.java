package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient.Answer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that wait, run or are held up longer than a limit allows, over real sockets. */
class CallLimitsTest {
    @TempDir
    Path folder;

    private final Gate gate = new Gate();
    private LocalWorker worker;

    @BeforeEach
    void prepare() {
        gate.addTo(TaskJars.jar())
                .task("Query", "String", "String", "return context.parameters().toString();")
                .writeTo(folder.resolve("tasks.jar"));
        worker = new LocalWorker(folder);
    }

    @AfterEach
    void stop() throws Exception {
        gate.open();
        worker.close();
    }

    @Test
    void saysWhenToComeBackWhenTheQueueIsFull() throws Exception {
        worker.with("WORKERPOOL_QUEUE_CAPACITY", "1");
        try (var held = gate.occupy(worker);
                var queued = worker.connect()) {
            queued.post("/tasks/query", "");
            await().until(() -> worker.get("/status").body().contains("\"queued\":1"));
            Answer answer = worker.post("/tasks/query", "");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("urn:workerpool:problem:queue-full");
            assertThat(answer.header("Retry-After")).isEqualTo("10");
            gate.open();
            assertThat(held.read().status()).isEqualTo(200);
            assertThat(queued.read().status()).isEqualTo(200);
        }
    }

    @Test
    void givesUpWaitingInTime() throws Exception {
        worker.with("WORKERPOOL_QUEUE_MAX_WAIT", "20ms");
        try (var held = gate.occupy(worker)) {
            Answer answer = worker.post("/tasks/query", "");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("urn:workerpool:problem:wait-exceeded");
            assertThat(answer.header("Workerpool-Thread")).isNull();
            gate.open();
            held.read();
        }
    }

    @Test
    void stopsATaskThatRunsTooLong() throws Exception {
        worker.with("WORKERPOOL_TASK_TIMEOUT", "20ms");
        Answer answer = worker.post("/tasks/gate", "");

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.body())
                .contains("urn:workerpool:problem:task-timeout")
                .contains("20 ms, the pool's time limit");
    }

    private Answer postWith(String headers, String path) throws Exception {
        try (var client = worker.connect()) {
            return client.send("POST " + path + " HTTP/1.1\r\nHost: t\r\n" + headers + "Content-Length: 0\r\n\r\n")
                    .read();
        }
    }

    @Test
    void stopsATaskThatRunsLongerThanItsCallerAllows() throws Exception {
        Answer answer = postWith("Workerpool-Timeout: 20ms\r\n", "/tasks/gate");

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.body()).contains("20 ms, the limit that the call set by Workerpool-Timeout");
    }

    @ParameterizedTest
    @ValueSource(strings = {"31s", "0s", "20", "-1s", "", "1m", "1s\r\nworkerpool-timeout: 2s"})
    void refusesATimeLimitThatItCannotKeepBeforeItReceivesTheBody(String limit) throws Exception {
        try (var client = worker.connect()) {
            client.send("POST /tasks/gate HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"
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
        try (var held = gate.occupy(worker);
                var usual = worker.connect();
                var urgent = worker.connect()) {
            usual.post("/tasks/query", "");
            await().until(() -> worker.get("/status").body().contains("\"queued\":1"));
            urgent.send("POST /tasks/query HTTP/1.1\r\nHost: t\r\nPriority: u=0, i\r\nContent-Length: 0\r\n\r\n");
            await().until(() -> worker.get("/status").body().contains("\"queued\":2"));
            gate.open();

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
        try (var held = gate.occupy(worker)) {
            try (var queued = worker.connect()) {
                queued.post("/tasks/query", "");
                await().until(() -> worker.get("/status").body().contains("\"queued\":1"));
            }
            await().until(() -> worker.get("/status").body().contains("\"queued\":0"));
            gate.open();
            held.read();
        }
        assertThat(worker.get("/metrics").body()).doesNotContain("task=\"query\",outcome");
    }

    @Test
    void finishesWhatItAcceptedWhileItDrains() throws Exception {
        try (var active = gate.occupy(worker);
                var queued = worker.connect()) {
            queued.post("/tasks/query", "");
            await().until(() -> worker.get("/status").body().contains("\"queued\":1"));
            var drained = worker.drain();
            await().until(() -> worker.get("/health/ready").status() == 503);
            assertThat(worker.get("/health/live").status()).isEqualTo(200);
            await().until(() -> worker.post("/tasks/query", "").body().contains("urn:workerpool:problem:draining"));

            gate.open();

            assertThat(active.read().body()).isEqualTo("held");
            assertThat(queued.read().header("Connection")).isEqualTo("close");
            active.close();
            queued.close();
            assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void servesUntilEndpointsHaveFollowedAndRefusesAfterThat() throws Exception {
        worker.with("WORKERPOOL_DRAIN_DELAY", "3s").with("WORKERPOOL_THREADS", "2");
        try (var active = gate.occupy(worker)) {
            var drained = worker.drain();
            await().until(() -> worker.get("/health/ready").status() == 503);
            assertThat(worker.running().isClosed()).isFalse();
            Answer late = worker.post("/tasks/query", "");
            assertThat(late.status()).isEqualTo(200);
            assertThat(late.header("Connection")).isEqualTo("close");

            await().until(worker.running()::isClosed);
            Answer refused = worker.post("/tasks/query", "");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body()).contains("urn:workerpool:problem:draining");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            gate.open();
            assertThat(active.read().body()).isEqualTo("held");
            active.close();
            assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void interruptsWhatDoesNotFinishInTime() throws Exception {
        worker.with("WORKERPOOL_DRAIN_TIMEOUT", "20ms");
        try (var active = gate.occupy(worker)) {
            var drained = worker.drain();

            assertThat(active.read().body()).contains("urn:workerpool:problem:draining");
            active.close();
            assertThat(drained.get(20, TimeUnit.SECONDS)).isFalse();
        }
    }
}
