package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import dev.workerpool.worker.peers.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key names one run, whichever replica is called. */
class PeerKeysTest extends PeerFixture {
    private static final int KEYS = 12;

    private RawClient send(Worker worker, String task, String input, String key, String... headers) throws Exception {
        var client = new RawClient(worker.taskPort());
        closeables.add(client);
        var more = new StringBuilder();
        for (String header : headers) {
            more.append(header).append("\r\n");
        }
        return client.send("POST /tasks/" + task + " HTTP/1.1\r\nHost: t\r\nIdempotency-Key: " + key + "\r\n" + more
                + "Content-Length: " + input.length() + "\r\n\r\n" + input);
    }

    private static String keyAt(Worker worker) {
        return keyAt(worker, "key");
    }

    private static String keyElsewhere(Worker worker) {
        return Stream.iterate(0, n -> n + 1)
                .map(n -> "key" + n)
                .filter(key -> !worker.peers().orderOf(key).before().isEmpty())
                .findFirst()
                .orElseThrow();
    }

    /** Calls each key once at the worker. @return the ids of the runs */
    private List<String> callAll(Worker worker) throws Exception {
        var runs = new ArrayList<String>();
        for (int i = 0; i < KEYS; i++) {
            Answer answer = send(worker, "quick", "input" + i, "key" + i).read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("input" + i);
            runs.add(answer.header("Workerpool-Run"));
        }
        return runs;
    }

    /** A worker with a peer that does what a test wants. */
    private Worker startBeside(FakePeer peer) throws Exception {
        closeables.add(peer);
        Worker worker = start("a");
        introduce(worker, Map.of("b", peer.port()));
        awaitHeard(worker, 1);
        return worker;
    }

    @Test
    void aKeyNamesOneRunWhicheverReplicaIsCalled() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        Worker c = start("c");
        introduceAll();
        List<String> runs = callAll(a);

        assertThat(callAll(b)).isEqualTo(runs);
        assertThat(callAll(c)).isEqualTo(runs);
        assertThat(begun).hasSize(KEYS).doesNotHaveDuplicates();
        assertThat(runs.stream().map(id -> id.substring(0, 1)).distinct()).hasSizeGreaterThan(1);
    }

    @Test
    void callersAtDifferentReplicasWaitForTheSameRun() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        RawClient first = send(a, "hold", "held", "key");
        RawClient second = send(b, "hold", "held", "key");
        await().atMost(PATIENCE).until(() -> begun.contains("held"));
        Answer accepted =
                send(b, "hold", "held", "key", "Prefer: respond-async").read();
        release("held");

        assertThat(first.read().body()).isEqualTo("held");
        assertThat(second.read().body()).isEqualTo("held");
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(begun).containsExactly("held");
    }

    @Test
    void anotherCallUnderTheSameKeyIsAConflictEverywhere() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        String key = keyAt(b);
        assertThat(send(b, "quick", "one", key).read().status()).isEqualTo(200);

        Answer conflict = send(a, "quick", "other", key).read();
        assertThat(conflict.status()).isEqualTo(422);
        assertThat(conflict.body()).contains("urn:workerpool:problem:idempotency-conflict");
        assertThat(begun).containsExactly("one");
    }

    @Test
    void theReplicaOfTheKeyRefusesForAllWhenItsQueueIsFull() throws Exception {
        Worker a = start("a");
        Worker b = start("b", "WORKERPOOL_QUEUE_CAPACITY", "0");
        introduceAll();
        hold(b, "first");

        Answer refused = send(a, "quick", "second", keyAt(b)).read();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).contains("urn:workerpool:problem:queue-full");
        assertThat(begun).containsExactly("first");
        assertThat(metric(b, "workerpool_rejected_total{reason=\"queue-full\"}"))
                .isEqualTo(1);
    }

    @Test
    void aReplicaThatJoinsDoesNotRunWhatWasRunBeforeItCame() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();
        List<String> runs = callAll(a);
        Worker c = start("c");
        introduceAll();

        assertThat(callAll(c)).isEqualTo(runs);
        assertThat(callAll(a)).isEqualTo(runs);
        assertThat(begun).hasSize(KEYS);
    }

    /** As long as it lasts, and as it is kept after that, the first replica of before has the run. */
    @Test
    void aReplicaThatJoinsDoesNotRunWhatRunsForLongerThanItIsKept() throws Exception {
        String[] shortly = {"WORKERPOOL_RUN_RETENTION", "1s"};
        Worker a = start("a", shortly);
        Worker b = start("b", shortly);
        Worker c = start("c", shortly);
        introduce(a, Map.of("b", b.taskPort()));
        introduce(b, Map.of("a", a.taskPort()));
        introduce(c, Map.of("a", a.taskPort(), "b", b.taskPort()));
        String key = keyAt(c);
        String async = "Prefer: respond-async";
        String run = send(a, "hold", "held", key, async).read().header("Location");
        await().atMost(PATIENCE).until(() -> begun.contains("held"));

        introduceAll();
        await().atMost(PATIENCE).until(() -> workers.values().stream()
                .noneMatch(worker -> worker.peers().haveChangedWithin(Duration.ofSeconds(1))));

        assertThat(send(c, "hold", "held", key, async).read().header("Location"))
                .isEqualTo(run);
        assertThat(send(b, "hold", "held", key, async).read().header("Location"))
                .isEqualTo(run);
        assertThat(begun).containsExactly("held");
    }

    @Test
    void aReplicaThatDrainsAnswersForKeysItKnowsAndLeavesTheOthers() throws Exception {
        Worker a = start("a");
        Worker b = start("b");
        introduceAll();
        String key = keyAt(b);
        RawClient first = send(b, "hold", "held", key);
        await().atMost(PATIENCE).until(() -> begun.contains("held"));
        workers.remove("b");
        var draining = Thread.startVirtualThread(() -> stop(b));
        await().atMost(PATIENCE).until(b::isClosed);
        RawClient again = send(a, "hold", "held", key);
        Answer throughA = send(a, "quick", "other", keyAt(b, "other")).read();
        Answer throughB = send(b, "quick", "another", keyAt(b, "another")).read();
        await().atMost(PATIENCE).until(() -> passes(a, "key", "declined") == 1);
        release("held");

        assertThat(throughA.header("Workerpool-Replica")).isEqualTo("a");
        assertThat(throughB.header("Workerpool-Replica")).isEqualTo("a");
        assertThat(first.read().body()).isEqualTo("held");
        assertThat(again.read().header("Workerpool-Replica")).isEqualTo("b");
        assertThat(begun).containsExactlyInAnyOrder("held", "other", "another");
        draining.join(PATIENCE);
    }

    /** Of one that goes, and that handed the run to a replica that is not the next in order, for that one had no room. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "d"})
    void aRunThatWasHandedPastTheNextReplicaIsFoundByItsKey(String asked) throws Exception {
        String[] shortly = {
            "WORKERPOOL_RUN_RETENTION", "1s",
            "WORKERPOOL_TASK_TIMEOUT", "6s",
            "WORKERPOOL_QUEUE_MAX_WAIT", "2s",
            "WORKERPOOL_QUEUE_CAPACITY", "1"
        };
        Worker a = start("a", shortly);
        shortly[shortly.length - 1] = "0";
        Worker d = start("d", shortly);
        start("b");
        introduceAll();
        await().atMost(PATIENCE)
                .until(() -> !a.peers().haveChangedWithin(Duration.ofSeconds(9))
                        && !d.peers().haveChangedWithin(Duration.ofSeconds(9)));
        hold(a, "first");
        hold(d, "second");
        String key = keyWithOrder(a, List.of("d", "b"));
        String async = "Prefer: respond-async";
        String run = send(a, "hold", "held", key, async).read().header("Location");
        Worker called = workers.get(asked);
        workers.remove("a");
        var draining = Thread.startVirtualThread(() -> stop(a));
        await().atMost(PATIENCE).until(() -> begun.contains("held"));
        release("second");
        await().atMost(PATIENCE).until(() -> metric(d, "workerpool_active") == 0);

        assertThat(send(called, "hold", "held", key, async).read().header("Location"))
                .isEqualTo(run);
        assertThat(begun).containsOnlyOnce("held");
        release("first");
        draining.join(PATIENCE);
    }

    /** A key that is first to be asked for at the worker, and then at the others in this order. */
    private static String keyWithOrder(Worker worker, List<String> after) {
        return Stream.iterate(0, n -> n + 1)
                .map(n -> "key" + n)
                .filter(key -> worker.peers().orderOf(key).before().isEmpty()
                        && worker.peers().orderOf(key).after().stream()
                                .map(Routing.Choice::replica)
                                .toList()
                                .equals(after))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100_000})
    void aCallThatADrainOvertakesGoesOnToTheNextReplica(int length) throws Exception {
        var asked = new CountDownLatch(1);
        var declines = new CountDownLatch(1);
        var first = new FakePeer("first", (socket, head) -> {
            asked.countDown();
            declines.await();
            FakePeer.answering("HTTP/1.1 503 No\r\nWorkerpool-Declined: unknown-key\r\nContent-Length: 0\r\n\r\n")
                    .accept(socket, head);
        });
        closeables.add(first);
        Worker a = start("a");
        Worker b = start("b");
        introduce(a, Map.of("b", b.taskPort(), "first", first.port()));
        introduce(b, Map.of("a", a.taskPort(), "first", first.port()));
        awaitHeard(b, 2);
        RawClient called = send(b, "quick", "x".repeat(length), keyBetween(b, "first", "a"));
        assertThat(asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        workers.remove("b");
        var draining = Thread.startVirtualThread(() -> stop(b));
        await().atMost(PATIENCE).until(b::isClosed);
        declines.countDown();

        Answer answer = called.read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("a");
        assertThat(begun).hasSize(1);
        draining.join(PATIENCE);
    }

    /** A key that is to be asked for at the one before this worker and at the other after it. */
    private static String keyBetween(Worker worker, String before, String after) {
        return Stream.iterate(0, n -> n + 1)
                .map(n -> "key" + n)
                .filter(key -> isOnly(worker.peers().orderOf(key).before(), before)
                        && isOnly(worker.peers().orderOf(key).after(), after))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isOnly(List<Routing.Choice> choices, String replica) {
        return choices.size() == 1 && choices.getFirst().replica().equals(replica);
    }

    private static void stop(Worker worker) {
        try {
            worker.stop();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aReplicaThatCannotBeReachedIsPassedOver() throws Exception {
        var peer = new FakePeer("b", FakePeer.answering(""));
        Worker a = startBeside(peer);
        String key = keyElsewhere(a);
        peer.refuseConnections();

        for (int i = 0; i < 2; i++) {
            Answer answer = send(a, "quick", "input", key).read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Workerpool-Replica")).isEqualTo("a");
        }
        assertThat(begun).containsExactly("input");
    }

    @Test
    void aReplicaThatDiesWithTheCallMayHaveRunIt() throws Exception {
        Worker a = startBeside(new FakePeer("b", FakePeer.answering("")));

        Answer answer = send(a, "quick", "input", keyElsewhere(a)).read();
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body()).contains("urn:workerpool:problem:replica-lost");
        assertThat(begun).isEmpty();
    }

    /** It cannot have begun anything. */
    @Test
    void aReplicaThatDiesWhenItIsAskedWhetherItKnowsTheKeyHoldsUpNobody() throws Exception {
        Worker a = startBeside(new FakePeer("b", FakePeer.answering("")));

        Answer answer = send(a, "quick", "input", keyAt(a)).read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("a");
        assertThat(begun).containsExactly("input");
    }

    @Test
    void aReplicaThatIsAskedOnlyWhetherItKnowsTheKeyIsToldSo() throws Exception {
        var peer = new FakePeer(
                "b",
                FakePeer.answering("HTTP/1.1 503 No\r\nWorkerpool-Declined: unknown-key\r\nContent-Length: 0\r\n\r\n"));
        Worker a = startBeside(peer);

        assertThat(send(a, "quick", "input", keyAt(a)).read().status()).isEqualTo(200);
        assertThat(peer.passed()).hasSize(1);
        assertThat(peer.passed().peek())
                .contains("workerpool-known-only: 1")
                .doesNotContain("workerpool-max-queued")
                .contains("Idempotency-Key: ");
        assertThat(passes(a, "known-key", "declined")).isEqualTo(1);
    }

    @Test
    void oneWhoIsAskedWhetherItKnowsAKeyBeginsNothing() throws Exception {
        Worker b = start("b");
        Worker a = start("a");
        introduceAll();
        String token = "Workerpool-Peer: " + TOKEN;
        Answer asked = send(b, "quick", "input", "key", token, "Workerpool-Known-Only: 1")
                .read();

        assertThat(asked.header("Workerpool-Declined")).isEqualTo("unknown-key");
        assertThat(begun).isEmpty();
        assertThat(send(b, "quick", "input", "key", token).read().status()).isEqualTo(200);
        assertThat(send(b, "quick", "input", "key", token, "Workerpool-Known-Only: 1")
                        .read()
                        .body())
                .isEqualTo("input");
        assertThat(send(a, "quick", "input", "key").read().header("Workerpool-Replica"))
                .isEqualTo("b");
        assertThat(begun).containsExactly("input");
    }

    @Test
    void aMalformedKeyIsRefusedWhereItComesIn() throws Exception {
        Worker a = start("a");
        start("b");
        introduceAll();

        assertThat(send(a, "quick", "input", "a, b").read().status()).isEqualTo(400);
        assertThat(passes(a, "key", "declined")).isZero();
    }
}
