package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that nobody waits for outlive the replica that had them. */
class HandOverTest extends PeerRunsFixture {
    @Test
    void resultsCanBeHadOnceTheirReplicaHasGone() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        Worker c = start("c");
        introduceAll();
        String key = "Idempotency-Key: " + keyAt(a, "key");
        String done = begin(a, "quick", "done", key);
        awaitResult(a, done, "done");
        String failed = begin(a, "throws", "why");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(send(a, "GET", failed).body()).contains("Failed"));

        awaitDrained(drain(a));
        introduceAll();

        for (Worker asked : new Worker[] {b, c}) {
            awaitResult(asked, done, "done");
            assertThat(send(asked, "GET", failed + "/result").body())
                    .contains("java.lang.IllegalStateException", "why");
            assertThat(send(asked, "GET", done).body()).contains("\"replica\":\"a\"");
            assertThat(begin(asked, "quick", "done", key)).isEqualTo(done);
            assertThat(send(asked, "GET", "/runs/a-zzz-1").status()).isEqualTo(404);
        }
        assertThat(Collections.frequency(begun, "done")).isOne();
    }

    @Test
    void whatWaitsIsDoneElsewhereOnce() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        String held = begin(a, "hold", "held");
        await().atMost(PATIENCE).until(() -> begun.contains("held"));
        hold(b, "other");
        String first = begin(a, "quick", "first", "Idempotency-Key: \"first\"");
        String second = begin(a, "quick", "second", "Idempotency-Key: \"second\"", "Priority: u=0");

        introduceAll();
        CompletableFuture<Boolean> stopped = drain(a);
        await().atMost(PATIENCE).until(() -> metric(b, "workerpool_queued") == 2);
        assertThat(send(b, "GET", first).body()).contains("\"state\":\"Queued\"");
        assertThat(stopped).as("it has a run yet").isNotDone();
        release("held");
        awaitDrained(stopped);
        release("other");

        awaitResult(b, first, "first");
        awaitResult(b, second, "second");
        awaitResult(b, held, "held");
        assertThat(begun).containsOnlyOnce("held", "first", "second");
        assertThat(begin(b, "quick", "first", "Idempotency-Key: \"first\"")).isEqualTo(first);
        assertThat(begun).containsOnlyOnce("first");
    }

    @Test
    void whoeverWaitsForARunKeepsItHere() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        hold(a, "held");
        hold(b, "other");
        String run = begin(a, "quick", "followed");
        RawClient follower = new RawClient(a.taskPort());
        closeables.add(follower);
        follower.send("GET " + run + "?x HTTP/1.1\r\nHost: t\r\nPrefer: wait=60\r\n\r\n");
        String free = begin(a, "quick", "free");
        await().atMost(PATIENCE).until(() -> metric(a, "workerpool_queued") == 2);

        introduceAll();
        CompletableFuture<Boolean> stopped = drain(a);
        await().atMost(PATIENCE).until(() -> metric(b, "workerpool_queued") == 1);
        release("held");

        assertThat(follower.read().body()).contains("Succeeded");
        follower.close();
        awaitDrained(stopped);
        release("other");
        awaitResult(b, run, "followed");
        awaitResult(b, free, "free");
    }

    @Test
    void aRunThatWasHandedOverTwiceIsFoundAsWell() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        String run = begin(a, "quick", "done");
        awaitResult(a, run, "done");
        awaitDrained(drain(a));
        Worker c = start("c");
        introduceAll();
        awaitDrained(drain(b));
        introduceAll();

        awaitResult(c, run, "done");
    }

    /** As one that its primary forks again. Its id names a replica that is there and has not got it. */
    @Test
    void aRunIsFoundWhenItsReplicaIsBackUnderTheSameName() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        Worker c = start("c");
        introduceAll();
        String run = begin(a, "quick", "done");
        awaitResult(a, run, "done");
        awaitDrained(drain(a));
        Worker again = start("a");
        introduceAll();

        for (Worker asked : new Worker[] {again, b, c}) {
            awaitResult(asked, run, "done");
            assertThat(send(asked, "GET", run + "0").status())
                    .as("one that nobody has")
                    .isEqualTo(410);
        }
    }

    /** Each has the run, and is about to go: neither may count on the other. */
    @Test
    void aPeerThatGoesTooKeepsNothingForOthers() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        String run = begin(a, "quick", "done");
        awaitResult(a, run, "done");
        hold(a, "held");
        CompletableFuture<Boolean> firstStopped = drain(a);
        await().atMost(PATIENCE).until(() -> metric(b, "workerpool_runs_retained") == 1);

        Worker c = start("c");
        introduce(c, Map.of("b", b.taskPort()));
        introduce(b, Map.of("a", a.taskPort(), "c", c.taskPort()));
        awaitDrained(drain(b));
        release("held");
        awaitDrained(firstStopped);

        awaitResult(c, run, "done");
    }

    /**
     * Those that were known go too, or have no memory for it now, and others are made known a moment after the last run has
     * ended.
     */
    @ParameterizedTest
    @ValueSource(strings = {"draining", "buffer-full"})
    void aPeerThatComesToBeKnownLateIsAskedToo(String why) throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        FakePeer leaving = new FakePeer("leaving", FakePeer.answering("""
                HTTP/1.1 503 Service Unavailable\r
                Workerpool-Replica: leaving\r
                Workerpool-Declined: %s\r
                Content-Length: 0\r
                \r
                """.formatted(why)));
        closeables.add(leaving);
        introduce(b, Map.of("a", a.taskPort()));
        introduce(a, Map.of("leaving", leaving.port()));
        awaitHeard(a, 1);
        String run = begin(a, "quick", "done");
        awaitResult(a, run, "done");

        CompletableFuture<Boolean> stopped = drain(a);
        await().atMost(PATIENCE)
                .until(() -> leaving.passed().stream()
                                .filter(head -> head.startsWith("POST /peers/runs/"))
                                .count()
                        >= 3);
        introduce(a, Map.of("b", b.taskPort()));
        awaitDrained(stopped);

        awaitResult(b, run, "done");
    }

    @Test
    void aPeerThatHasNoRoomIsPassedOver() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        FakePeer full = new FakePeer("full", FakePeer.answering("""
                HTTP/1.1 503 Service Unavailable\r
                Workerpool-Replica: full\r
                Workerpool-Declined: full\r
                Content-Length: 0\r
                \r
                """));
        closeables.add(full);
        introduce(b, Map.of("a", a.taskPort()));
        introduce(a, Map.of("full", full.port(), "b", b.taskPort()));
        awaitHeard(a, 2);
        for (int i = 0; i < 8; i++) {
            awaitResult(a, begin(a, "quick", "run " + i), "run " + i);
        }
        awaitDrained(drain(a));

        assertThat(full.passed()).isNotEmpty();
        assertThat(metric(b, "workerpool_runs_retained")).isEqualTo(8);
    }

    @Test
    void aPeerThatMayHaveARunIsTheOnlyOneThatMayDoIt() throws Exception {
        Worker a = start("a", "WORKERPOOL_DRAIN_TIMEOUT", "20s");
        FakePeer mute = new FakePeer("mute", FakePeer.answering(""));
        closeables.add(mute);
        hold(a, "held");
        String waiting = begin(a, "quick", "waiting");
        introduce(a, Map.of("mute", mute.port()));
        awaitHeard(a, 1);

        CompletableFuture<Boolean> stopped = drain(a);
        await().atMost(PATIENCE)
                .until(() -> mute.passed().stream()
                                .filter(head -> head.startsWith("POST /peers" + waiting + "/1 "))
                                .count()
                        >= 3);
        release("held");
        stopped.get(60, TimeUnit.SECONDS);

        assertThat(begun).doesNotContain("waiting");
        assertThat(mute.passed()).allMatch(head -> !head.contains("/tasks/"));
    }

    @Test
    void aRunThatIsOnItsWayIsNotCancelled() throws Exception {
        Worker a = start("a", "WORKERPOOL_DRAIN_TIMEOUT", "20s");
        var cancelled = new CountDownLatch(1);
        FakePeer slow = new FakePeer("slow", (socket, head) -> cancelled.await());
        closeables.add(slow);
        hold(a, "held");
        String waiting = begin(a, "quick", "waiting");
        introduce(a, Map.of("slow", slow.port()));
        awaitHeard(a, 1);
        CompletableFuture<Boolean> stopped = drain(a);
        await().atMost(PATIENCE).until(() -> !slow.passed().isEmpty());

        Answer refused = send(a, "DELETE", waiting);
        cancelled.countDown();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).contains("urn:workerpool:problem:draining");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        release("held");
        stopped.get(60, TimeUnit.SECONDS);
    }

    /** One whose machine is gone while it is still listed: half of the runs would ask it first. */
    @Test
    void aPeerThatCannotBeReachedIsNotWaitedForWithEachRun() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        int gone = portThatTakesNoConnection();
        for (int i = 0; i < 100; i++) {
            begin(a, "quick", "run " + i);
        }
        await().atMost(PATIENCE).until(() -> metric(a, "workerpool_runs_retained") == 100);
        introduce(b, Map.of("a", a.taskPort()));
        introduce(a, Map.of("gone", gone, "b", b.taskPort()));
        awaitHeard(a, 1);

        awaitDrained(drain(a));

        assertThat(metric(b, "workerpool_runs_retained")).isEqualTo(100);
    }

    /** Its queue of connections is full, so that the kernel drops whatever comes, as the network does for one that is gone. */
    private int portThatTakesNoConnection() throws Exception {
        var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        closeables.add(server);
        while (true) {
            var socket = new Socket();
            closeables.add(socket);
            try {
                socket.connect(server.getLocalSocketAddress(), 200);
            } catch (SocketTimeoutException full) {
                return server.getLocalPort();
            }
        }
    }

    @Test
    void whatNobodyTakesIsDoneHere() throws Exception {
        Worker a = start("a");
        FakePeer older = new FakePeer("older", FakePeer.answering("""
                HTTP/1.1 404 Not Found\r
                Workerpool-Replica: older\r
                Content-Length: 0\r
                \r
                """));
        closeables.add(older);
        hold(a, "held");
        begin(a, "quick", "waiting");
        introduce(a, Map.of("older", older.port()));
        awaitHeard(a, 1);

        CompletableFuture<Boolean> stopped = drain(a);
        await().atMost(PATIENCE)
                .until(() -> older.passed().stream().anyMatch(head -> head.startsWith("POST /peers/runs/")));
        release("held");
        stopped.get(60, TimeUnit.SECONDS);

        assertThat(begun).containsOnlyOnce("waiting");
    }

    /** The one before it may have begun with the run, of which it knows nothing, and have died of it. */
    @Test
    void aWorkerThatHasJustStartedTakesNoRunThatIsBroughtOnceMore() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();

        Answer again = send(a, "POST", "/peers/runs/b-1-1/1", "Workerpool-Peer: " + TOKEN, "Workerpool-Tried: 600000");
        assertThat(again.status()).isEqualTo(502);
        assertThat(again.header("Workerpool-Declined")).isNull();
        assertThat(send(a, "POST", "/peers/runs/b-1-1/1", "Workerpool-Peer: " + TOKEN)
                        .body())
                .contains("shorter than four bytes");
    }

    /** As one whose task no peer knows. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void whatNobodyTakesKeepsNoneBehindItFromLeaving(int refused) throws Exception {
        Worker a = start("a");
        hold(a, "held");
        var staying = new ArrayList<String>();
        for (int i = 0; i < refused; i++) {
            staying.add(begin(a, "quick", "stays"));
        }
        String leaving = begin(a, "quick", "leaves");
        var took = new AtomicBoolean();
        FakePeer.Behaviour taking = FakePeer.answering("HTTP/1.1 204 No Content\r\nWorkerpool-Replica: choosy\r\n\r\n");
        FakePeer.Behaviour declining = FakePeer.declining("choosy", "unable");
        FakePeer peer = new FakePeer("choosy", (socket, head) -> {
            boolean takes = head.startsWith("POST /peers" + leaving + "/");
            took.set(took.get() || takes);
            (takes ? taking : declining).accept(socket, head);
        });
        closeables.add(peer);
        introduce(a, Map.of("choosy", peer.port()));
        awaitHeard(a, 1);

        CompletableFuture<Boolean> stopped = drain(a);
        await().atMost(PATIENCE).until(took::get);
        release("held");
        awaitDrained(stopped);

        assertThat(begun).doesNotContain("leaves");
        assertThat(Collections.frequency(begun, "stays")).isEqualTo(refused);
    }

    @Test
    void onlyReplicasHandRunsOver() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();

        assertThat(send(a, "POST", "/peers/runs/b-1-1").status()).isEqualTo(403);
        assertThat(send(a, "POST", "/peers/runs/b-1-1", "Workerpool-Peer: guessed")
                        .status())
                .isEqualTo(403);
        Answer malformed = send(a, "POST", "/peers/runs/b-1-1", "Workerpool-Peer: " + TOKEN);
        assertThat(malformed.status()).isEqualTo(400);
        assertThat(malformed.body()).contains("shorter than four bytes");
        assertThat(send(a, "GET", "/peers/runs/b-1-1", "Workerpool-Peer: " + TOKEN)
                        .status())
                .isEqualTo(405);
        assertThat(metric(b, "workerpool_runs_retained")).isZero();
    }
}
