package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Peers that misbehave: the request is answered once, by someone, and run twice by nobody. */
class PeerFaultsTest extends PeerFixture {
    private Worker worker;
    private FakePeer peer;

    /** A worker whose only thread is taken, and a peer that says it has one. */
    private void start(FakePeer.Behaviour behaviour, String... settings) throws Exception {
        worker = start("a", settings);
        peer = new FakePeer("b", behaviour);
        closeables.add(peer);
        introduce(worker, Map.of("b", peer.port()));
        awaitHeard(worker, 1);
        hold(worker, "first");
    }

    private void isRunHere(String input, String outcome) throws Exception {
        var client = call(worker, "quick", input);
        await().atMost(PATIENCE).until(() -> metric(worker, "workerpool_queued") == 1);
        assertThat(passes(worker, "idle", outcome)).isGreaterThanOrEqualTo(1);
        release("first");
        Answer answer = client.read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("a");
        assertThat(begun).containsOnlyOnce(input);
    }

    private void isLost() throws Exception {
        Answer answer = call(worker, "quick", "second").read();

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body())
                .contains("urn:workerpool:problem:replica-lost")
                .contains("\"replica\":\"b\"");
        assertThat(passes(worker, "idle", "lost")).isEqualTo(1);
        release("first");
        await().atMost(PATIENCE).until(() -> metric(worker, "workerpool_active") == 0);
        assertThat(begun).containsExactly("first");
    }

    @Test
    void aPeerThatDiesBeforeItAnswersMayHaveRunIt() throws Exception {
        start(FakePeer.answering(""));
        isLost();
    }

    @Test
    void aPeerThatAnswersNonsenseMayHaveRunIt() throws Exception {
        start(FakePeer.answering("220 smtp.example.org ready\r\n\r\n"));
        isLost();
    }

    @Test
    void anAnswerByAnotherThanThePeerIsNone() throws Exception {
        start(FakePeer.answering("HTTP/1.1 404 Not Found\r\nWorkerpool-Replica: c\r\nContent-Length: 0\r\n\r\n"));
        isLost();
    }

    @Test
    void anAnswerThatBreaksOffIsNone() throws Exception {
        start(FakePeer.answering("HTTP/1.1 200 OK\r\nWorkerpool-Replica: b\r\nContent-Length: 10\r\n\r\nhalf"));
        isLost();
    }

    @Test
    void aStreamedAnswerThatBreaksOffIsSeenToDoSo() throws Exception {
        start(FakePeer.answering(
                "HTTP/1.1 200 OK\r\nWorkerpool-Replica: b\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"));
        var client = call(worker, "quick", "second");

        org.assertj.core.api.Assertions.assertThatThrownBy(client::read).isInstanceOf(java.io.IOException.class);
        assertThat(begun).containsExactly("first");
    }

    /** A task may say as much of its result as its caller says of its input. */
    @Test
    void anAnswerWithLongHeadersIsOne() throws Exception {
        String mediaType = "x/" + "y".repeat(15_000);
        start(FakePeer.answering("HTTP/1.1 200 OK\r\nWorkerpool-Replica: b\r\nContent-Type: " + mediaType
                + "\r\nContent-Length: 4\r\n\r\ndone"));

        Answer answer = call(worker, "quick", "second").read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo(mediaType);
    }

    @Test
    void whatIsMeantForOneConnectionStaysHere() throws Exception {
        start(FakePeer.answering("HTTP/1.1 200 OK\r\nWorkerpool-Replica: b\r\nContent-Length: 0\r\n\r\n"));
        try (var client = new RawClient(worker.taskPort())) {
            client.send(
                    "POST /tasks/quick HTTP/1.1\r\nHost: t\r\nConnection: keep-alive , X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\n"
                            + "Content-Length: 0\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(200);
        }
        assertThat(peer.passed().peek()).contains("X-End: 2").doesNotContainIgnoringCase("x-hop");
    }

    @Test
    void aPeerThatStaysSilentIsWaitedForNoLongerThanARunMayTake() throws Exception {
        // Long enough for the request to come while the only thread is still taken, also on a busy machine.
        start((socket, head) -> new CountDownLatch(1).await(60, TimeUnit.SECONDS), "WORKERPOOL_TASK_TIMEOUT", "5s");

        Answer answer = call(worker, "quick", "second").read();
        assertThat(answer.body()).contains("urn:workerpool:problem:replica-lost");
        assertThat(begun).doesNotContain("second");
    }

    @Test
    void aPeerThatDeclinesForWhateverReasonHasNotRunIt() throws Exception {
        start(FakePeer.answering("HTTP/1.1 418 A later version\r\nWorkerpool-Declined: whatever\r\n"
                + "Workerpool-Load: 1 0 1 ready 0\r\nContent-Length: 2\r\n\r\n{}"));
        isRunHere("second", "declined");
        assertThat(peer.passed().peek())
                .contains("workerpool-peer: " + TOKEN)
                .contains("workerpool-from: a")
                .contains("workerpool-max-queued: 0");
    }

    @Test
    void whatCannotWaitHereGoesToTheNextPeerWhenOneDeclines() throws Exception {
        start(
                FakePeer.answering("HTTP/1.1 503 No\r\nWorkerpool-Declined: busy\r\n"
                        + "Workerpool-Load: 1 0 1 ready 0\r\nContent-Length: 0\r\n\r\n"),
                "WORKERPOOL_QUEUE_CAPACITY",
                "0");
        Worker idle = start("c", "WORKERPOOL_THREADS", "4");
        introduce(idle, Map.of("a", worker.taskPort()));
        introduce(worker, Map.of("b", peer.port(), "c", idle.taskPort()));
        awaitHeard(worker, 2);
        do {
            assertThat(call(worker, "quick", "second").read().header("Workerpool-Replica"))
                    .isEqualTo("c");
        } while (passes(worker, "idle", "declined") == 0);
    }

    @Test
    void aPeerThatTakesNoConnectionHasNotRunIt() throws Exception {
        start(FakePeer.answering(""));
        peer.refuseConnections();
        isRunHere("second", "unreachable");
    }

    @Test
    void aPeerThatDiesWhileItIsSentTheBodyHasNotRunIt() throws Exception {
        start((socket, head) -> socket.getInputStream().readNBytes(1000));
        isRunHere("x".repeat(20_000_000), "unreachable");
    }

    @Test
    void aPeerThatTakesNoBytesHasNotRunIt() throws Exception {
        start((socket, head) -> new CountDownLatch(1).await(60, TimeUnit.SECONDS));
        isRunHere("x".repeat(20_000_000), "unreachable");
    }

    @Test
    void aPeerThatFallsSilentIsPassedNothing() throws Exception {
        start(FakePeer.answering(""));
        peer.fallSilent();
        awaitHeard(worker, 0);
        call(worker, "quick", "second");
        await().atMost(PATIENCE).until(() -> metric(worker, "workerpool_queued") == 1);

        assertThat(peer.passed()).isEmpty();
    }

    @Test
    void anAddressThatNowBelongsToAnotherIsNoPeer() throws Exception {
        worker = start("a");
        peer = new FakePeer("c", FakePeer.answering(""));
        closeables.add(peer);
        introduce(worker, Map.of("b", peer.port()));
        hold(worker, "first");
        call(worker, "quick", "second");
        await().atMost(PATIENCE).until(() -> metric(worker, "workerpool_queued") == 1);

        assertThat(metric(worker, "workerpool_peers")).isEqualTo(1);
        assertThat(metric(worker, "workerpool_peers_heard")).isZero();
        assertThat(peer.passed()).isEmpty();
    }

    @Test
    void peersThatAreNoLongerToldOfAreForgotten() throws Exception {
        start(FakePeer.answering(""));
        introduce(worker, Map.of());
        awaitHeard(worker, 0);
        call(worker, "quick", "second");
        await().atMost(PATIENCE).until(() -> metric(worker, "workerpool_queued") == 1);

        assertThat(worker.peers().isAlone()).isTrue();
        assertThat(peer.passed()).isEmpty();
    }

    @Test
    void whatAPeerAsksForAndDeclinesRunsHereInItsTurn() throws Exception {
        worker = start("a");
        peer = new FakePeer(
                "b",
                FakePeer.answering("HTTP/1.1 503 No\r\nWorkerpool-Declined: busy\r\n"
                        + "Workerpool-Load: 1 0 1 ready 0\r\nContent-Length: 0\r\n\r\n"));
        closeables.add(peer);
        peer.says("1 0 1 ready 0");
        introduce(worker, Map.of("b", peer.port()));
        awaitHeard(worker, 1);
        hold(worker, "first");
        var second = call(worker, "quick", "second");
        await().atMost(PATIENCE).until(() -> metric(worker, "workerpool_queued") == 1);
        var third = call(worker, "quick", "third");
        await().atMost(PATIENCE).until(() -> metric(worker, "workerpool_queued") == 2);
        peer.says("0 0 1 ready 1");
        await().atMost(PATIENCE).until(() -> passes(worker, "waiting", "declined") > 0);
        peer.says("1 0 1 ready 0");
        await().atMost(PATIENCE).until(() -> metric(worker, "workerpool_queued") == 2);
        release("first");

        assertThat(second.read().status()).isEqualTo(200);
        assertThat(third.read().status()).isEqualTo(200);
        assertThat(begun).containsExactly("first", "second", "third");
        assertThat(peer.passed().peek()).contains("workerpool-waited: ");
    }

    @Test
    void whatAPeerAsksForAndDoesNotAnswerIsNotRunAgain() throws Exception {
        worker = start("a");
        peer = new FakePeer("b", FakePeer.answering(""));
        closeables.add(peer);
        peer.says("1 0 1 ready 0");
        introduce(worker, Map.of("b", peer.port()));
        awaitHeard(worker, 1);
        hold(worker, "first");
        var second = call(worker, "quick", "second");
        await().atMost(PATIENCE).until(() -> metric(worker, "workerpool_queued") == 1);
        peer.says("0 0 1 ready 1");

        assertThat(second.read().status()).isEqualTo(502);
        release("first");
        await().atMost(PATIENCE).until(() -> metric(worker, "workerpool_active") == 0);
        assertThat(begun).containsExactly("first");
    }
}
