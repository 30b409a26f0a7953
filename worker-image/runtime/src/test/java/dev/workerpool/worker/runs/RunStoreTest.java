package dev.workerpool.worker.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.Outcome;
import dev.workerpool.worker.pool.QueueFullException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreTest {
    @TempDir
    static java.nio.file.Path folder;

    private RunStoreFixture fixture;

    @BeforeAll
    static void compile() {
        RunStoreFixture.compile(folder);
    }

    private RunStore start(Duration period, long bytes, int runs) {
        fixture = new RunStoreFixture(new RetentionSettings(period, bytes, runs));
        return fixture.store;
    }

    private RunStore start() {
        return start(Duration.ofMinutes(10), 1 << 20, 100);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private static String output(StoredRun run) {
        Content content = ((Outcome.Succeeded) run.ended().outcome()).content();
        return StandardCharsets.UTF_8.decode(content.bytes().duplicate()).toString();
    }

    @Test
    void findsARunWhileItIsInFlightAndAfterwards() throws Exception {
        RunStore store = start();
        StoredRun active = fixture.occupy();
        StoredRun queued = fixture.submit("echo", "hello");

        assertThat(active.state()).isEqualTo(RunState.ACTIVE);
        assertThat(active.thread()).isEqualTo(1);
        assertThat(queued.state()).isEqualTo(RunState.QUEUED);
        assertThat(queued.waitTime()).isNull();
        assertThat(store.find(queued.id())).isSameAs(queued);

        fixture.release();
        fixture.awaitEnd(queued);
        assertThat(queued.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(output(queued)).isEqualTo("hello");
        assertThat(queued.ended().thread()).isEqualTo(1);
        assertThat(store.find(queued.id())).isSameAs(queued);
    }

    @Test
    void tellsWhatNeverWasFromWhatIsGone() throws Exception {
        RunStore store = start();
        StoredRun run = fixture.ended("echo", "");
        fixture.pass(Duration.ofMinutes(10));
        store.sweep();

        assertThat(store.find(run.id())).isNull();
        assertThat(store.isGone(run.id())).isTrue();
        assertThat(store.isGone(run.id() + "1")).isFalse();
        assertThat(store.isGone("nonsense")).isFalse();
        assertThat(store.bytes()).isZero();
    }

    @Test
    void keepsARunForItsTimeFromItsEndOn() throws Exception {
        RunStore store = start();
        StoredRun run = fixture.ended("echo", "");
        fixture.pass(Duration.ofMinutes(9));
        store.sweep();

        assertThat(store.find(run.id())).isSameAs(run);
    }

    @Test
    void neverForgetsARunInFlight() throws Exception {
        RunStore store = start(Duration.ofSeconds(1), 1 << 20, 1);
        StoredRun active = fixture.occupy();
        StoredRun queued = fixture.submit("echo", "");
        fixture.pass(Duration.ofDays(1));
        store.sweep();

        assertThat(store.find(active.id())).isSameAs(active);
        assertThat(store.find(queued.id())).isSameAs(queued);
    }

    @Test
    void keepsToTheNumberTheOldestGoingFirst() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 1 << 20, 2);
        var runs = new ArrayList<StoredRun>();
        for (int i = 0; i < 4; i++) {
            runs.add(fixture.ended("echo", ""));
        }

        assertThat(runs).extracting(run -> store.find(run.id()) != null).containsExactly(false, false, true, true);
        assertThat(store.retained()).isEqualTo(2);
        assertThat(fixture.evicted("number")).isEqualTo(2);
    }

    @Test
    void keepsToTheBytesTheOldestGoingFirst() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 50_000, 100);
        var runs = new ArrayList<StoredRun>();
        for (int i = 0; i < 5; i++) {
            runs.add(fixture.ended("echo", "x".repeat(20_000)));
        }

        assertThat(runs)
                .extracting(run -> store.find(run.id()) != null)
                .containsExactly(false, false, false, true, true);
        assertThat(store.bytes()).isBetween(40_000L, 50_000L);
        assertThat(fixture.evicted("bytes")).isEqualTo(3);
    }

    @Test
    void doesNotKeepAResultThatAloneIsTooLargeAndKeepsTheOthers() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 50_000, 100);
        StoredRun small = fixture.ended("echo", "small");
        StoredRun large = fixture.ended("repeat", "60000");

        assertThat(output(large)).as("told to who waited").hasSize(60_000);
        assertThat(store.find(large.id())).isNull();
        assertThat(store.isGone(large.id())).isTrue();
        assertThat(store.find(small.id())).isSameAs(small);
    }

    @Test
    void refusesABodyThatCanNeverBeKept() {
        start(Duration.ofMinutes(10), 50_000, 100);

        assertThatThrownBy(() -> fixture.submit("echo", "x".repeat(60_000)))
                .isInstanceOfSatisfying(
                        RunsFullException.class, e -> assertThat(e.isForGood()).isTrue());
    }

    @Test
    void refusesWhatItCannotKeepBesideTheRunsInFlight() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 50_000, 100);
        fixture.ended("echo", "x".repeat(20_000));
        fixture.occupy();
        fixture.submit("echo", "x".repeat(40_000));

        assertThat(store.retained()).as("made room").isZero();
        assertThatThrownBy(() -> fixture.submit("echo", "x".repeat(20_000)))
                .isInstanceOfSatisfying(
                        RunsFullException.class, e -> assertThat(e.isForGood()).isFalse());
        assertThat(fixture.pool.counters().refusals()).containsEntry("runs-full", 1L);
    }

    @Test
    void keepsNothingOfARunThatThePoolRefuses() throws Exception {
        RunStore store = start();
        fixture.occupy();
        while (!fixture.pool.isFull()) {
            fixture.submit("echo", "");
        }
        long before = store.bytes();

        assertThatThrownBy(() -> fixture.submit("echo", "", new RunKey("k", "f")))
                .isInstanceOf(QueueFullException.class);
        assertThat(store.bytes()).isEqualTo(before);
        fixture.release();
        await().until(() -> !fixture.pool.isFull());
        assertThat(fixture.submit("echo", "", new RunKey("k", "other"))).isNotNull();
    }

    @Test
    void freesTheBodyOnceARunIsOver() throws Exception {
        RunStore store = start();
        fixture.ended("length", "x".repeat(100_000));

        assertThat(store.bytes()).isLessThan(2 * RetentionSettings.OVERHEAD);
    }

    @Test
    void cancelsOnceAndSaysSo() throws Exception {
        start();
        StoredRun active = fixture.occupy();
        StoredRun queued = fixture.submit("echo", "");

        assertThat(queued.cancel()).isTrue();
        assertThat(queued.cancel()).isFalse();
        assertThat(queued.state()).isEqualTo(RunState.CANCELLED);
        assertThat(active.cancel()).isTrue();
        assertThat(active.state()).isEqualTo(RunState.CANCELLED);
        assertThat(fixture.ended("echo", "").cancel()).isFalse();
    }

    @Test
    void cancellingAndEndingAtOnceAgreeOnOneOutcome() throws Exception {
        start(Duration.ofMinutes(10), 10 << 20, 10_000);
        var allHeard = new ArrayList<AtomicInteger>();
        for (int round = 0; round < 300; round++) {
            StoredRun run = fixture.submit("echo", "x");
            var heard = new AtomicInteger();
            allHeard.add(heard);
            run.follow(() -> {
                if (run.ended() != null) {
                    heard.incrementAndGet();
                }
            });
            var barrier = new CyclicBarrier(2);
            var cancels = IntStream.range(0, 2)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                        try {
                            barrier.await();
                            return run.cancel();
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    }))
                    .toList();
            long did = cancels.stream().filter(CompletableFuture::join).count();
            fixture.awaitEnd(run);

            boolean cancelled = run.ended().outcome() instanceof Outcome.Cancelled;
            assertThat(did).isEqualTo(cancelled ? 1 : 0);
            assertThat(run.state()).isEqualTo(cancelled ? RunState.CANCELLED : RunState.SUCCEEDED);
        }
        await().untilAsserted(() -> assertThat(allHeard).allMatch(heard -> heard.get() == 1));
    }

    @Test
    void takesTheRunAlongWhenItsLastCallerLeaves() throws Exception {
        start();
        fixture.occupy();
        StoredRun attached = fixture.submit("echo", "", false, null);
        StoredRun detached = fixture.submit("echo", "", true, null);
        StoredRun keyed = fixture.submit("echo", "", false, new RunKey("k", "f"));
        attached.leave();
        detached.leave();
        keyed.leave();

        assertThat(List.of(attached.state(), detached.state(), keyed.state()))
                .containsExactly(RunState.CANCELLED, RunState.QUEUED, RunState.QUEUED);
    }

    @Test
    void findsTheSameRunUnderTheSameKey() throws Exception {
        start();
        StoredRun first = fixture.submit("echo", "a", new RunKey("k", "f"));

        assertThat(fixture.submit("echo", "a", new RunKey("k", "f"))).isSameAs(first);
        fixture.awaitEnd(first);
        assertThat(fixture.submit("echo", "a", new RunKey("k", "f"))).isSameAs(first);
        assertThat(fixture.submit("echo", "a", new RunKey("other", "f"))).isNotSameAs(first);
        assertThatThrownBy(() -> fixture.submit("echo", "b", new RunKey("k", "g")))
                .isInstanceOf(KeyConflictException.class);
    }

    @Test
    void manyCallersWithOneKeyAtOnceGetOneRun() throws Exception {
        start();
        for (int round = 0; round < 100; round++) {
            var key = new RunKey("k" + round, "f");
            var barrier = new CyclicBarrier(4);
            var callers = IntStream.range(0, 4)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                        try {
                            barrier.await();
                            return fixture.submit("echo", "a", key);
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    }))
                    .toList();

            var runs = callers.stream().map(CompletableFuture::join).distinct().toList();
            assertThat(runs).hasSize(1);
            fixture.awaitEnd(runs.getFirst()); // On a busy machine the rounds would fill the queue.
        }
    }

    @Test
    void forgetsAKeyWithItsRun() throws Exception {
        RunStore store = start();
        StoredRun first = fixture.submit("echo", "a", new RunKey("k", "f"));
        fixture.awaitEnd(first);
        fixture.pass(Duration.ofMinutes(10));
        store.sweep();

        assertThat(fixture.submit("echo", "b", new RunKey("k", "g"))).isNotSameAs(first);
    }

    @Test
    void givesAKeyFreeWhoseRunNeverHadAThread() throws Exception {
        start();
        fixture.occupy();
        StoredRun first = fixture.submit("echo", "a", new RunKey("k", "f"));
        fixture.maxWait(Duration.ZERO);
        fixture.awaitEnd(first);
        assertThat(first.ended().outcome()).isInstanceOf(Outcome.WaitExceeded.class);
        fixture.maxWait(Duration.ofMinutes(5));

        assertThat(fixture.submit("echo", "a", new RunKey("k", "f"))).isNotSameAs(first);
    }

    @Test
    void tellsFollowersWhatTheTaskEmits() throws Exception {
        start();
        StoredRun run = fixture.ended("reports", "3");

        assertThat(run.events().all())
                .extracting(event -> new String(event.json(), StandardCharsets.UTF_8))
                .containsExactly("{\"step\":1}", "{\"step\":2}", "{\"step\":3}", "\"text\"", "\"AQI=\"", "null");
    }

    @Test
    void tellsTheTaskWhatItCannotEmit() throws Exception {
        start();

        assertThat(fixture.ended("reports", "large").ended().outcome())
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .isEqualTo("A message must have at most 65536 bytes as JSON, but has 70002"));
        assertThat(fixture.ended("reports", "impossible").ended().outcome())
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .startsWith("The message cannot be JSON: "));
    }

    @Test
    void hasAnEndForATaskThatEmitsWithoutEnd() throws Exception {
        RunStore store = start();
        StoredRun run = fixture.ended("reports", "1000000");

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.events().latest()).isEqualTo(1_000_003);
        assertThat(store.bytes()).isLessThan(100_000);
    }

    @Test
    void handsMessagesToTheTaskInOrder() throws Exception {
        RunStore store = start();
        StoredRun run = fixture.submit("listens", "2");
        fixture.send(run, "text/plain", "first");
        fixture.send(run, "application/json", "{\"n\":7}");
        fixture.awaitEnd(run);

        assertThat(output(run)).isEqualTo("text/plain first, Command[n=7]");
        assertThat(fixture.send(run, "text/plain", "late")).isEqualTo(Delivery.CLOSED);
        assertThat(store.bytes()).isLessThan(2 * RetentionSettings.OVERHEAD);
    }

    @Test
    void waitsForAMessageNoLongerThanAsked() throws Exception {
        start();

        assertThat(output(fixture.ended("listens", "0"))).isEqualTo("none");
    }

    @Test
    void tellsTheTaskThatAMessageDoesNotFit() throws Exception {
        start();
        StoredRun run = fixture.submit("listens", "2");
        fixture.send(run, "text/plain", "first");
        fixture.send(run, "application/json", "{\"n\":\"seven\"}");
        fixture.awaitEnd(run);

        assertThat(output(run)).isEqualTo("text/plain first, n must be a whole number of 32 bits");
    }

    @Test
    void cancellationWakesWhoWaitsForAMessage() throws Exception {
        start();
        StoredRun run = fixture.submit("listens", "1");
        await().until(() -> run.state() == RunState.ACTIVE);

        assertThat(run.cancel()).isTrue();
        await().until(() -> fixture.pool.active() == 0);
        assertThat(fixture.ended("echo", "next").thread()).isEqualTo(1);
    }

    @Test
    void refusesMessagesThatNobodyTakes() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 10 << 20, 100);
        StoredRun run = fixture.occupy();
        long before = store.bytes();
        for (int i = 0; i < Mailbox.MAX_MESSAGES; i++) {
            assertThat(fixture.send(run, "text/plain", "message")).isEqualTo(Delivery.ACCEPTED);
        }
        assertThat(fixture.send(run, "text/plain", "message")).isEqualTo(Delivery.FULL);
        assertThat(store.bytes()).isEqualTo(before + 7 * Mailbox.MAX_MESSAGES);

        fixture.release();
        fixture.awaitEnd(run);
        await().untilAsserted(() -> assertThat(store.bytes()).isLessThan(2 * RetentionSettings.OVERHEAD));
    }

    @Test
    void refusesMessagesThatThereIsNoMemoryFor() throws Exception {
        start(Duration.ofMinutes(10), 50_000, 100);
        StoredRun run = fixture.occupy();

        assertThat(fixture.send(run, "text/plain", "x".repeat(60_000))).isEqualTo(Delivery.FULL);
    }

    @Test
    void anotherStoreAnswersForWhatItAdopts() throws Exception {
        start();
        StoredRun run = fixture.submit("reports", "2", new RunKey("k", "f"));
        fixture.awaitEnd(run);
        List<RetainedRun> retained = fixture.store.snapshot();
        try (var other = new RunStoreFixture(new RetentionSettings(Duration.ofMinutes(10), 1 << 20, 100))) {
            assertThat(other.store.adopt(retained.getFirst())).isEqualTo(Adoption.ADOPTED);
            assertThat(retained).hasSize(1);
            assertThat(other.store.adopt(retained.getFirst())).isEqualTo(Adoption.KNOWN);
            StoredRun adopted = other.store.find(run.id());

            assertThat(adopted.ended()).isEqualTo(run.ended());
            assertThat(adopted.events().latest()).isEqualTo(5);
            assertThat(other.submit("reports", "2", new RunKey("k", "f"))).isSameAs(adopted);
            assertThat(other.send(adopted, "text/plain", "late")).isEqualTo(Delivery.CLOSED);
            assertThat(adopted.cancel()).isFalse();
            other.pass(Duration.ofMinutes(10));
            other.store.sweep();
            assertThat(other.store.find(run.id())).isNull();
            assertThat(other.store.adopt(retained.getFirst())).isEqualTo(Adoption.EXPIRED);
        }
    }
}
