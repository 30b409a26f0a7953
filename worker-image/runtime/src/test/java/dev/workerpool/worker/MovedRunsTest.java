package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that nobody waits for go to whoever has a thread idle for them. */
class MovedRunsTest extends PeerRunsFixture {
    private static final String ASKING = "0 0 1 ready 1";
    private static final String SATISFIED = "0 0 1 ready 0";
    private static final String DRAINING = "0 0 1 leave 0";

    private Worker a;

    /** Its only thread is in a run until that is released. */
    @BeforeEach
    void occupy() throws Exception {
        a = start("a");
        hold(a, "held");
    }

    private FakePeer asking(FakePeer.Behaviour behaviour) throws Exception {
        var peer = new FakePeer("asking", behaviour);
        closeables.add(peer);
        peer.says(ASKING);
        introduce(a, Map.of("asking", peer.port()));
        return peer;
    }

    private static long offers(FakePeer peer, String run) {
        return peer.passed().stream()
                .filter(head -> head.startsWith("POST /peers" + run + "/"))
                .count();
    }

    private static void isIn(Worker worker, String state, String run) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(send(worker, "GET", run).body()).contains("\"state\":\"" + state + "\""));
    }

    @Test
    void whatWaitsIsDoneByReplicasThatJoin() throws Exception {
        var runs = new ArrayList<String>();
        for (int i = 0; i < 60; i++) {
            runs.add(begin(a, "nap", "n" + i));
        }
        start("b");
        start("c");
        introduceAll();

        var replicas = new TreeSet<String>();
        for (int i = 0; i < 60; i++) {
            for (Worker asked : workers.values()) {
                awaitResult(asked, runs.get(i), "n" + i);
            }
            replicas.add(send(a, "GET", runs.get(i)).header("Workerpool-Replica"));
        }
        assertThat(replicas).containsExactly("b", "c");
        assertThat(begun).hasSize(61).doesNotHaveDuplicates();
        assertThat(passes(a, "moved", "answered")).isEqualTo(60);
    }

    @Test
    void eachThreadThatIsIdleGetsOne() throws Exception {
        for (int i = 0; i < 10; i++) {
            begin(a, "hold", "h" + i);
        }
        Worker b = start("b", "WORKERPOOL_THREADS", "8");
        introduceAll();

        await().atMost(PATIENCE).until(() -> metric(b, "workerpool_active") == 8);
        assertThat(metric(a, "workerpool_queued")).isEqualTo(2);
        assertThat(metric(b, "workerpool_queued")).isZero();
        assertThat(metric(b, "workerpool_passes_received_total")).isEqualTo(8);
    }

    @Test
    void aRunWithAKeyStaysWhereCallsWithTheKeyGo() throws Exception {
        Worker b = start("b");
        String key = "Idempotency-Key: " + keyAt(a, "key");
        String keyed = begin(a, "quick", "keyed", key);
        String free = begin(a, "quick", "free");
        introduceAll();

        awaitResult(a, free, "free");
        isIn(a, "Queued", keyed);
        release("held");
        awaitResult(b, keyed, "keyed");
        assertThat(begin(b, "quick", "keyed", key)).isEqualTo(keyed);
        assertThat(begun).containsOnlyOnce("keyed");
    }

    @Test
    void aRunThatSomebodyFollowsStays() throws Exception {
        String followed = begin(a, "quick", "followed");
        String free = begin(a, "quick", "free");
        try (var follower = new RawClient(a.taskPort())) {
            follower.get(followed + "/events").readHead();
            assertThat(follower.chunk()).startsWith("event: run\n");
            start("b");
            introduceAll();

            awaitResult(a, free, "free");
            isIn(a, "Queued", followed);
            release("held");
            assertThat(follower.chunk()).contains("event: result\n");
        }
    }

    @Test
    void aRunThatHasMovedIsFollowedAndCancelledFromWhereItBegan() throws Exception {
        String run = begin(a, "hold", "moved");
        Worker b = start("b");
        introduceAll();
        await().atMost(PATIENCE).until(() -> begun.contains("moved"));

        try (var follower = new RawClient(a.taskPort())) {
            assertThat(follower.get(run + "/events").readHead().header("Workerpool-Replica"))
                    .isEqualTo("b");
            assertThat(follower.chunk()).startsWith("event: run\n");
            assertThat(send(a, "DELETE", run).body()).contains("\"cancelled\":true");
            assertThat(follower.chunk()).contains("event: problem\n");
        }
        isIn(b, "Cancelled", run);
    }

    /** Whoever had it tells where it went, so nobody has to ask all. */
    @Test
    void aRunThatMovedTwiceIsFoundFromEverywhere() throws Exception {
        String run = begin(a, "quick", "moved");
        Worker b = start("b", "WORKERPOOL_QUEUE_CAPACITY", "1");
        hold(b, "other");
        introduce(a, Map.of("b", b.taskPort()));
        introduce(b, Map.of("a", a.taskPort()));
        awaitHeard(a, 1);
        var stopped = drain(a);
        await().atMost(PATIENCE).until(() -> metric(b, "workerpool_queued") == 1);
        Worker c = start("c");
        Worker d = start("d");
        introduce(b, Map.of("a", a.taskPort(), "c", c.taskPort()));
        introduce(c, Map.of("b", b.taskPort()));
        await().atMost(PATIENCE).until(() -> begun.contains("moved"));
        introduce(d, Map.of("a", a.taskPort(), "b", b.taskPort(), "c", c.taskPort()));

        awaitResult(b, run, "moved");
        awaitResult(d, run, "moved");
        double declined = passes(d, "owner", "declined");
        assertThat(send(d, "GET", run).header("Workerpool-Replica")).isEqualTo("c");
        assertThat(passes(d, "owner", "declined") - declined).isEqualTo(2);
        release("held");
        awaitDrained(stopped);
    }

    @Test
    void whatNoPeerWouldEverDoIsOfferedOnceAndThoseBehindItGo() throws Exception {
        String first = begin(a, "quick", "first");
        String second = begin(a, "quick", "second");
        FakePeer peer = asking(FakePeer.declining("asking", "too-large"));

        await().atMost(PATIENCE).until(() -> offers(peer, second) == 1);
        assertThat(offers(peer, first)).isEqualTo(1);
        release("held");
        awaitResult(a, first, "first");
        awaitResult(a, second, "second");
        assertThat(peer.passed()).hasSize(2);
    }

    @Test
    void whatAPeerDoesNotRunKeepsNothingElseFromIt() throws Exception {
        String first = begin(a, "quick", "first");
        begin(a, "quick", "second");
        String other = begin(a, "nap", "other");
        FakePeer peer = asking(FakePeer.declining("asking", "unable"));

        await().atMost(PATIENCE).until(() -> offers(peer, other) == 1);
        assertThat(offers(peer, first)).isEqualTo(1);
        assertThat(peer.passed()).as("one of each type").hasSize(2);
    }

    /** It is the idlest of all. */
    @Test
    void whatAPeerDoesNotRunGoesToAnother(@TempDir Path withoutJars) throws Exception {
        String run = begin(a, "quick", "run");
        start("unable", "WORKERPOOL_TASKS_DIR", withoutJars.toString());
        introduceAll();
        await().atMost(PATIENCE).until(() -> passes(a, "moved", "declined") == 1);
        start("b");
        introduceAll();

        awaitResult(a, run, "run");
        assertThat(passes(a, "moved", "declined")).isEqualTo(1);
    }

    @Test
    void aPeerThatMayHaveARunIsTheOnlyOneThatMayDoItAndHoldsUpNoOther() throws Exception {
        String lost = begin(a, "quick", "lost");
        String free = begin(a, "quick", "free");
        var asked = new CountDownLatch(1);
        FakePeer peer = asking((socket, head) -> asked.countDown());
        asked.await();
        peer.says(SATISFIED);
        Worker b = start("b");
        introduce(b, Map.of("a", a.taskPort()));
        introduce(a, Map.of("asking", peer.port(), "b", b.taskPort()));

        awaitResult(a, free, "free");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(send(a, "GET", lost + "/result").body())
                        .contains("urn:workerpool:problem:draining"));
        assertThat(begun).doesNotContain("lost");
    }

    /** Or many megabytes come in vain. */
    @Test
    void isDeclinedForWantOfAThreadBeforeItsBodyHasCome() throws Exception {
        introduce(a, Map.of("b", 1));
        try (var peer = new RawClient(a.taskPort())) {
            peer.send(
                    "POST /peers/runs/b-1-1/1 HTTP/1.1\r\nHost: t\r\nContent-Length: 5000000\r\nWorkerpool-Max-Queued: 0\r\nWorkerpool-Peer: "
                            + TOKEN + "\r\n\r\n");

            assertThat(peer.read().header("Workerpool-Declined")).isEqualTo("busy");
        }
    }

    @Test
    void aRunThatIsOnItsWayIsNotCancelled() throws Exception {
        String run = begin(a, "quick", "moving");
        var refused = new CountDownLatch(1);
        FakePeer peer = asking((socket, head) -> refused.await());
        await().atMost(PATIENCE).until(() -> offers(peer, run) == 1);

        Answer answer = send(a, "DELETE", run);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("urn:workerpool:problem:draining");
        refused.countDown();
    }

    @Test
    void aDrainWaitsForWhatIsOnItsWay() throws Exception {
        String run = begin(a, "quick", "moving");
        var goOn = new CountDownLatch(1);
        FakePeer peer = asking((socket, head) -> {
            goOn.await();
            FakePeer.declining("asking", "busy").accept(socket, head);
        });
        await().atMost(PATIENCE).until(() -> offers(peer, run) == 1);
        var stopped = drain(a);
        await().atMost(PATIENCE).until(a::isClosed);
        peer.says(DRAINING);
        release("held");
        await().atMost(PATIENCE).until(() -> metric(a, "workerpool_active") == 0);
        assertThat(begun).doesNotContain("moving");
        goOn.countDown();

        awaitDrained(stopped);
        assertThat(begun).containsOnlyOnce("moving");
    }
}
