package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What replicas do for each other. */
class PeerWorkersTest extends PeerFixture {
    @Test
    void whatOneReplicaTakesAnotherTakesAsWell() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();
        hold(a, "first");
        String headers = "Host: t\r\nContent-Length: 1\r\nX: ";
        String longest = "x".repeat(16 * 1024 - (headers.length() - 4) - 12 + 4);

        try (var client = new RawClient(a.taskPort())) {
            client.send("POST /tasks/quick HTTP/1.1\r\n" + headers + longest + "\r\n\r\nx");
            Answer passed = client.read();
            assertThat(passed.status()).isEqualTo(200);
            assertThat(passed.header("Workerpool-Replica")).isEqualTo("b");
            client.send("POST /tasks/quick HTTP/1.1\r\n" + headers + longest + "x".repeat(20) + "\r\n\r\nx");
            assertThat(client.read().status()).isEqualTo(431);
        }
    }

    @Test
    void aRequestThatFindsNoThreadIdleGoesToAPeerThatHasOne() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        hold(a, "first");

        Answer answer = call(a, "quick", "second").read();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("second");
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("b");
        assertThat(answer.header("Via")).isEqualTo("1.1 a");
        assertThat(answer.header("Workerpool-Thread")).isEqualTo("1");
        assertThat(answer.header("Server-Timing")).isNotNull();
        assertThat(passes(a, "idle", "answered")).isEqualTo(1);
        assertThat(metric(b, "workerpool_passes_received_total")).isEqualTo(1);
    }

    /** What ran before tells nothing of the run that is waited for. */
    @Test
    void aRequestGoesToAnIdlePeerHoweverShortTheRunsBeforeWere() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();
        for (int i = 0; i < 500; i++) {
            assertThat(call(a, "quick", "short").read().status()).isEqualTo(200);
        }
        // The mean is looked at with each beat.
        await().pollDelay(Duration.ofMillis(600)).until(() -> true);
        hold(a, "first");

        assertThat(call(a, "quick", "second").read().header("Workerpool-Replica"))
                .isEqualTo("b");
    }

    @Test
    void aRequestThatFindsAThreadIdleStays() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();

        assertThat(call(a, "quick", "only").read().header("Workerpool-Replica")).isEqualTo("a");
        assertThat(passes(a, "idle", "answered")).isZero();
    }

    /** Whom it could be passed to is of no matter: by the time it is whole, that may have changed. */
    @Test
    void whatNoReplicaWouldRunIsRefusedByItsHead() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();
        hold(a, "first");
        String expects = "Host: t\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";
        try (var unknown = new RawClient(a.taskPort());
                var malformed = new RawClient(a.taskPort())) {
            unknown.send("POST /tasks/nope HTTP/1.1\r\n" + expects);
            malformed.send("POST /tasks/quick HTTP/1.1\r\nWorkerpool-Timeout: soon\r\n" + expects);

            assertThat(unknown.read().status()).isEqualTo(404);
            assertThat(malformed.read().status()).isEqualTo(400);
        }
    }

    @Test
    void problemsAndLargeAnswersAndLargeBodiesComeThroughUnchanged() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();
        hold(a, "first");

        Answer failed = call(a, "throws", "because").read();
        assertThat(failed.status()).isEqualTo(422);
        assertThat(failed.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(failed.body()).contains("because");
        Answer large = call(a, "large", "3000000").read();
        assertThat(large.header("Workerpool-Replica")).isEqualTo("b");
        assertThat(large.header("Content-Type")).isEqualTo("x/y");
        assertThat(large.body()).hasSize(3_000_000);
        String body = "x".repeat(5_000_000);
        Answer echoed = call(a, "quick", body).read();
        assertThat(echoed.header("Workerpool-Replica")).isEqualTo("b");
        assertThat(echoed.body()).isEqualTo(body);
    }

    @Test
    void isPassedOnceAtMost() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        hold(a, "first");
        hold(b, "second");
        // What a peer passes must not come back, however idle that peer seems to be.
        try (var client = new RawClient(a.taskPort())) {
            client.send(
                    "POST /tasks/quick HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nWorkerpool-Max-Queued: 0\r\nWorkerpool-Peer: "
                            + TOKEN + "\r\n\r\nx");
            Answer answer = client.read();

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Workerpool-Declined")).isEqualTo("busy");
            assertThat(answer.header("Workerpool-Load")).startsWith("1 0 1 ready");
        }
        assertThat(begun).doesNotContain("x");
    }

    @Test
    void declinesForWantOfAThreadBeforeTheBodyHasCome() throws Exception {
        Worker a = start("a");
        introduce(a, Map.of("b", 1));
        hold(a, "first");
        try (var client = new RawClient(a.taskPort())) {
            client.send(
                    "POST /tasks/quick HTTP/1.1\r\nHost: t\r\nContent-Length: 5000000\r\nWorkerpool-Max-Queued: 0\r\nWorkerpool-Peer: "
                            + TOKEN + "\r\n\r\n");

            assertThat(client.read().header("Workerpool-Declined")).isEqualTo("busy");
        }
    }

    /** It is the idlest of all, and would be asked and ask again and again. */
    @Test
    void aPeerThatDoesNotRunATypeIsPassedNoMoreOfIt(@TempDir Path none) throws Exception {
        Worker a = start("a");
        start("b", "WORKERPOOL_TASKS_DIR", none.toString());
        introduceAll();
        hold(a, "first");
        for (int i = 1; i <= 3; i++) {
            int waiting = i;
            call(a, "quick", "n" + i);
            await().atMost(PATIENCE).until(() -> metric(a, "workerpool_queued") == waiting);
        }

        assertThat(passes(a, "idle", "declined") + passes(a, "waiting", "declined"))
                .isEqualTo(1);
    }

    /** Whoever passed it has it still, and refuses it or does it. */
    @ParameterizedTest
    @ValueSource(strings = {"X: y", "Prefer: respond-async"})
    void whatAPeerDeclinesIsNotCountedAsRefused(String header) throws Exception {
        Worker a = start("a", "WORKERPOOL_QUEUE_CAPACITY", "0");
        start("b");
        introduceAll();
        hold(a, "first");
        try (var client = new RawClient(a.taskPort())) {
            client.send("POST /tasks/quick HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\n" + header
                    + "\r\nWorkerpool-Peer: " + TOKEN + "\r\n\r\nx");

            assertThat(client.read().header("Workerpool-Declined")).isEqualTo("refused");
        }
        assertThat(metric(a, "workerpool_rejected_total{reason=\"queue-full\"}"))
                .isZero();
    }

    @Test
    void whoHasNotTheTokenIsRefusedAndCounted() throws Exception {
        Worker a = start("a");
        introduce(a, Map.of("b", 1));
        for (String path : List.of("POST /tasks/quick", "GET /peers/load")) {
            try (var client = new RawClient(a.taskPort())) {
                client.send(path + " HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\nWorkerpool-Peer: "
                        + TOKEN.replace('f', 'e') + "\r\n\r\n");
                Answer answer = client.read();

                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.body()).contains("urn:workerpool:problem:peer-refused");
            }
        }
        assertThat(metric(a, "workerpool_peer_refused_total")).isEqualTo(2);
        try (var client = new RawClient(a.taskPort())) {
            assertThat(client.get("/peers/load").read().status()).isEqualTo(403);
        }
        assertThat(begun).isEmpty();
    }

    @Test
    void theRunOfAClientThatGoesIsCancelledWhereItIs() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        hold(a, "first");
        RawClient gone = hold(a, "second");
        gone.close();

        await().atMost(PATIENCE)
                .until(() -> metric(b, "workerpool_runs_total{outcome=\"cancelled\",task=\"hold\"}") == 1);
        await().atMost(PATIENCE).until(() -> passes(a, "idle", "cancelled") == 1);
    }

    @Test
    void aPeerThatDrainsIsPassedNothing() throws Exception {
        Worker a = start("a");
        Worker b = start("b", "WORKERPOOL_DRAIN_DELAY", "1s");
        introduceAll();
        hold(a, "first");
        RawClient held = hold(b, "second");
        var draining = Thread.startVirtualThread(() -> {
            try {
                workers.remove("b");
                b.stop();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        await().atMost(PATIENCE).until(() -> a.peers().elsewhere("quick") == null);
        RawClient waiting = call(a, "quick", "third");
        await().atMost(PATIENCE).until(() -> metric(a, "workerpool_queued") == 1);
        release("second");
        release("first");

        assertThat(held.read().status()).isEqualTo(200);
        assertThat(waiting.read().header("Workerpool-Replica")).isEqualTo("a");
        draining.join(PATIENCE);
    }

    @Test
    void aReplicaThatDrainsPassesWhatStillComes() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();
        hold(a, "first");
        workers.remove("a");
        var draining = Thread.startVirtualThread(() -> {
            try {
                a.stop();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        await().atMost(PATIENCE).until(() -> a.isClosed());

        Answer answer = call(a, "quick", "second").read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("b");
        assertThat(passes(a, "draining", "answered")).isEqualTo(1);
        release("first");
        draining.join(PATIENCE);
    }

    @Test
    void whatWaitsGoesToAPeerThatTurnsIdle() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();
        hold(a, "first");
        hold(a, "second"); // Which b has.
        RawClient waiting = call(a, "quick", "third");
        await().atMost(PATIENCE).until(() -> metric(a, "workerpool_queued") == 1);
        release("second");

        Answer answer = waiting.read();
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("b");
        assertThat(answer.header("Via")).isEqualTo("1.1 a");
        assertThat(answer.body()).isEqualTo("third");
        assertThat(passes(a, "waiting", "answered")).isEqualTo(1);
        assertThat(begun).containsExactly("first", "second", "third");
    }

    /** A run of a's that waits at b, behind one that is held; another waits at a. */
    private RawClient waitAtB(Worker a, Worker b) throws Exception {
        hold(a, "first");
        hold(b, "second");
        call(a, "quick", "third");
        await().atMost(PATIENCE).until(() -> metric(a, "workerpool_queued") == 1);
        RawClient waiting = call(a, "quick", "fourth");
        await().atMost(PATIENCE).until(() -> metric(b, "workerpool_queued") == 1);
        return waiting;
    }

    @Test
    void whatWaitsAtAPeerComesBackWhenThisReplicaTurnsIdle() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        RawClient waiting = waitAtB(a, b);
        release("first");

        Answer answer = waiting.read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("a");
        assertThat(answer.header("Via")).isNull();
        assertThat(passes(a, "shorter", "declined")).isEqualTo(1);
        assertThat(begun).containsExactly("first", "second", "third", "fourth");
    }

    @Test
    void whatWaitsAtAPeerGoesToAThirdThatIsIdle() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        RawClient waiting = waitAtB(a, b);
        start("c");
        introduceAll();

        assertThat(waiting.read().header("Workerpool-Replica")).isEqualTo("c");
        assertThat(begun).containsOnlyOnce("fourth");
    }

    /** However many wait there: it had been admitted. */
    @Test
    void whatADrainDoesNotGetToIsDoneWhereItCameFrom() throws Exception {
        Worker a = start("a", "WORKERPOOL_QUEUE_CAPACITY", "1");
        Worker b = start("b", "WORKERPOOL_DRAIN_TIMEOUT", "1s");
        introduceAll();
        RawClient waiting = waitAtB(a, b);
        workers.remove("b");
        assertThat(b.stop()).isFalse();
        assertThat(metric(a, "workerpool_queued")).isEqualTo(2);
        release("first");

        assertThat(waiting.read().header("Workerpool-Replica")).isEqualTo("a");
        assertThat(begun).containsOnlyOnce("fourth");
    }

    @Test
    void aReplicaThatDrainsPassesWhatWaits() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();
        hold(a, "first");
        hold(a, "second");
        RawClient waiting = call(a, "quick", "third");
        await().atMost(PATIENCE).until(() -> metric(a, "workerpool_queued") == 1);
        workers.remove("a");
        var draining = Thread.startVirtualThread(() -> {
            try {
                a.stop();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        await().atMost(PATIENCE).until(a::isClosed);
        release("second");

        assertThat(waiting.read().header("Workerpool-Replica")).isEqualTo("b");
        release("first");
        draining.join(PATIENCE);
    }

    @Test
    void manyRequestsAtOnceAreEachRunOnceByAll() throws Exception {
        Worker a = start("a");
        start("b");
        start("c");
        introduceAll();
        var waiting = new java.util.ArrayList<RawClient>();
        for (int i = 0; i < 60; i++) {
            waiting.add(call(a, "nap", "n" + i));
        }
        var replicas = new java.util.TreeSet<String>();
        for (RawClient client : waiting) {
            Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(200);
            replicas.add(answer.header("Workerpool-Replica"));
        }
        assertThat(begun).hasSize(60).doesNotHaveDuplicates();
        assertThat(replicas).containsExactly("a", "b", "c");
    }
}
