package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that are made again under the same key, over real sockets. */
class IdempotencyTest {
    private static final String KEY = "Idempotency-Key: \"a key\"";

    @TempDir
    Path folder;

    private RunsFixture worker;

    @BeforeEach
    void prepare() {
        worker = new RunsFixture(folder);
    }

    @AfterEach
    void stop() throws Exception {
        worker.close();
    }

    @Test
    void givesTheSameRunAgain() throws Exception {
        Answer first = worker.call("POST", "/tasks/id", "", KEY);
        Answer quoted = worker.call("POST", "/tasks/id", "", KEY);
        Answer bare = worker.call("POST", "/tasks/id", "", "Idempotency-Key: a key");
        Answer other = worker.call("POST", "/tasks/id", "", "Idempotency-Key: another");

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("Workerpool-Run")).isEqualTo(first.body());
        assertThat(first.header("Server-Timing")).isNotNull();
        assertThat(quoted.body()).isEqualTo(first.body());
        assertThat(quoted.header("Server-Timing")).isEqualTo(first.header("Server-Timing"));
        assertThat(bare.body()).isEqualTo(first.body());
        assertThat(other.body()).isNotEqualTo(first.body());
    }

    @Test
    void givesTheSameRunToAllWhoWaitForIt() throws Exception {
        try (var first = worker.connect();
                var second = worker.connect()) {
            RunsFixture.send(first, "POST", "/tasks/gate", "held", KEY);
            worker.awaitStarted();
            RunsFixture.send(second, "POST", "/tasks/gate", "held", KEY);
            String run = worker.submit("gate", "held", KEY);
            first.close();
            worker.release();

            assertThat(second.read().body()).isEqualTo("held");
            assertThat(worker.ended(run).get("state").textValue()).isEqualTo("Succeeded");
        }
        assertThat(worker.metric("workerpool_runs_retained")).isEqualTo("1.0");
    }

    @Test
    void finishesARunWhoseOnlyCallerIsGoneSoThatItCanComeBack() throws Exception {
        try (var gone = worker.connect()) {
            RunsFixture.send(gone, "POST", "/tasks/gate", "held", KEY);
            worker.awaitStarted();
        }
        worker.release();

        Answer again = worker.call("POST", "/tasks/gate", "held", KEY);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo("held");
        assertThat(worker.metric("workerpool_runs_retained")).isEqualTo("1.0");
    }

    @Test
    void givesTheSameProblemAgain() throws Exception {
        Answer first = worker.call("POST", "/tasks/throws", "because", KEY);
        Answer again = worker.call("POST", "/tasks/throws", "because", KEY);

        assertThat(first.status()).isEqualTo(422);
        assertThat(again.status()).isEqualTo(422);
        assertThat(again.header("Workerpool-Run")).isEqualTo(first.header("Workerpool-Run"));
    }

    @Test
    void refusesAnotherCallUnderTheSameKey() throws Exception {
        String id = worker.call("POST", "/tasks/id", "", KEY).body();
        for (Answer conflict : new Answer[] {
            worker.call("POST", "/tasks/id", "other input", KEY),
            worker.call("POST", "/tasks/id?other=parameter", "", KEY),
            worker.call("POST", "/tasks/id", "", KEY, "Content-Type: other/type"),
            worker.call("POST", "/tasks/nothing", "", KEY)
        }) {
            assertThat(conflict.status()).isEqualTo(422);
            assertThat(conflict.body())
                    .contains("urn:workerpool:problem:idempotency-conflict")
                    .contains("\"run\":\"" + id + "\"");
        }
    }

    @Test
    void tellsLargeBodiesApart() throws Exception {
        String large = "x".repeat(200_000);
        Answer first = worker.call("POST", "/tasks/copy", large, KEY);
        Answer again = worker.call("POST", "/tasks/copy", large, KEY);
        Answer conflict = worker.call("POST", "/tasks/copy", large.substring(1) + "y", KEY);

        assertThat(first.body()).isEqualTo(large);
        assertThat(again.header("Workerpool-Run")).isEqualTo(first.header("Workerpool-Run"));
        assertThat(conflict.status()).isEqualTo(422);
    }

    @Test
    void answersFromWhatIsThereWhenTheQueueIsFull() throws Exception {
        worker.environment.put("WORKERPOOL_QUEUE_CAPACITY", "0");
        await().until(() -> worker.call("POST", "/tasks/id", "", KEY).status() == 200);
        worker.submit("gate", "held");
        worker.awaitStarted();

        assertThat(worker.call("POST", "/tasks/id", "", KEY).status()).isEqualTo(200);
        assertThat(worker.call("POST", "/tasks/id", "", "Idempotency-Key: new").status())
                .isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "a, b", "a\"b", "\"a", "ä"})
    void refusesAKeyThatIsNone(String key) throws Exception {
        Answer answer = worker.call("POST", "/tasks/id", "", "Idempotency-Key: " + key);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"field\":\"Idempotency-Key\",\"rule\":\"must be one key");
    }

    @Test
    void refusesLongKeysAndSeveral() throws Exception {
        assertThat(worker.call("POST", "/tasks/id", "", "Idempotency-Key: " + "k".repeat(256))
                        .status())
                .isEqualTo(400);
        assertThat(worker.call("POST", "/tasks/id", "", KEY, KEY).status()).isEqualTo(400);
    }
}
