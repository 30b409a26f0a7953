package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any replica answers for any run. */
class PeerRunsTest extends PeerRunsFixture {
    @Test
    void aRunIsFoundThroughAnotherReplica() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        String run = begin(b, "hold", "input");

        Answer described = send(a, "GET", run);
        assertThat(described.status()).isEqualTo(200);
        assertThat(described.header("Workerpool-Replica")).isEqualTo("b");
        assertThat(send(a, "HEAD", run).status()).isEqualTo(200);
        release("input");
        await().atMost(PATIENCE).until(() -> send(a, "GET", run + "/result").status() == 200);
        assertThat(send(a, "GET", run + "/result").body()).isEqualTo("input");
        assertThat(send(a, "GET", run + "/events").body()).contains("event: ");
        assertThat(passes(a, "owner", "answered")).isGreaterThan(3);
    }

    @Test
    void aRunIsCancelledThroughAnotherReplica() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        String run = begin(b, "hold", "input");
        await().atMost(PATIENCE).until(() -> begun.contains("input"));

        assertThat(send(a, "DELETE", run).status()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> metric(b, "workerpool_active") == 0);
    }

    @Test
    void aHeadOfALargeResultKeepsNothingOfItWaiting() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        String run = begin(b, "large", "3000000");
        await().atMost(PATIENCE).until(() -> send(b, "GET", run + "/result").status() == 200);

        assertThat(send(a, "HEAD", run + "/result").status()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> passes(a, "owner", "cancelled") == 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 3_000_000})
    void theLengthOfAResultIsToldWhicheverReplicaIsAsked(int length) throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        String result = begin(b, "large", "" + length) + "/result";
        await().atMost(PATIENCE).until(() -> send(b, "GET", result).status() == 200);

        for (Worker asked : List.of(a, b)) {
            try (var client = new RawClient(asked.taskPort())) {
                Answer head = client.send("HEAD " + result + " HTTP/1.1\r\nHost: t\r\n\r\n")
                        .read(false);
                assertThat(head.header("Content-Length")).isEqualTo("" + length);
                Answer whole = client.get(result).read();
                assertThat(whole.header("Content-Length")).isEqualTo("" + length);
                assertThat(whole.body()).hasSize(length);
            }
        }
    }

    @Test
    void aMethodThatARunDoesNotTakeIsRefusedWhereverItIs() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        String run = begin(b, "hold", "input");

        Answer refused = send(a, "HEAD", run + "/events");
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.header("Allow")).isEqualTo("GET");
        assertThat(refused.header("Workerpool-Replica")).isEqualTo("a");
    }

    @Test
    void whoFollowsARunOfAnotherReplicaDoesNotHoldUpADrain() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        String run = begin(a, "hold", "input");
        try (var follower = new RawClient(b.taskPort())) {
            follower.get(run + "/events");
            assertThat(follower.readHead().header("Workerpool-Replica")).isEqualTo("a");
            assertThat(follower.chunk()).startsWith("event: run\n");
            workers.remove("b");
            var drained = CompletableFuture.supplyAsync(() -> stop(b));

            assertThat(follower.chunk())
                    .as("the end, at which clients come again")
                    .isNull();
            follower.close();
            assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(metric(a, "workerpool_active")).isEqualTo(1);
    }

    @Test
    void whoWaitsForARunOfAnotherReplicaIsToldHowItStandsByOneThatDrains() throws Exception {
        Worker b = start("b");
        FakePeer owner = new FakePeer("a", PeerRunsTest::answerUnlessItIsToWait);
        closeables.add(owner);
        introduce(b, Map.of("a", owner.port()));
        try (var waiting = new RawClient(b.taskPort())) {
            waiting.send("GET /runs/a-zzz-1 HTTP/1.1\r\nHost: t\r\nPrefer: wait=60\r\n\r\n");
            await().atMost(PATIENCE).until(() -> owner.passed().size() == 1);
            workers.remove("b");
            var drained = CompletableFuture.supplyAsync(() -> stop(b));

            Answer answer = waiting.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("Active");
            waiting.close();
            assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(owner.passed()).hasSize(2);
    }

    private static void answerUnlessItIsToWait(Socket socket, String head) throws Exception {
        if (head.contains("Prefer: wait=60")) {
            assertThat(socket.getInputStream().read()).as("its caller has gone").isNegative();
        } else {
            FakePeer.answering("HTTP/1.1 200 OK\r\nWorkerpool-Replica: a\r\nContent-Length: 6\r\n\r\nActive")
                    .accept(socket, head);
        }
    }

    private static boolean stop(Worker worker) {
        try {
            return worker.stop();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anOwnerThatHasNothingToWaitForAnswersSoonOrIsLost() throws Exception {
        Worker a = start("a");
        FakePeer owner =
                new FakePeer("b", (socket, head) -> socket.getInputStream().read());
        closeables.add(owner);
        introduce(a, Map.of("b", owner.port()));

        assertThat(send(a, "GET", "/runs/b-zzz-1").status()).isEqualTo(502);
    }

    @Test
    void aRunThatItsOwnerDoesNotKnowIsUnknown() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();
        Answer answer = send(a, "GET", "/runs/b-zzz-1");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("urn:workerpool:problem:unknown-run");
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("b");
        assertThat(answer.header("Workerpool-Declined")).isNull();
        assertThat(send(a, "GET", "/runs/nobody-zzz-1").status()).isEqualTo(404);
    }

    @Test
    void anOwnerThatCannotBeReachedMayBeLater() throws Exception {
        Worker a = start("a");
        FakePeer peer = new FakePeer("b", FakePeer.answering(""));
        closeables.add(peer);
        introduce(a, Map.of("b", peer.port()));
        awaitHeard(a, 1);
        peer.refuseConnections();
        Answer answer = send(a, "GET", "/runs/b-zzz-1");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.body()).contains("urn:workerpool:problem:owner-unreachable");
    }
}
