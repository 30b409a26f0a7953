package dev.workerpool.worker.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.pool.DrainingException;
import dev.workerpool.worker.pool.Outcome;
import dev.workerpool.worker.pool.QueueFullException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunStoreTest extends StoreTestCase {
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
        assertThat(run.isKept()).isTrue();
        fixture.pass(Duration.ofMinutes(10));
        store.sweep();

        assertThat(run.isKept()).isFalse();
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
    }

    @Test
    void countsTheEventsOfARunInFlight() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 50_000, 100);
        StoredRun active = fixture.occupy();
        long before = store.bytes();
        active.emit(new byte[30_000]);
        active.emit(new byte[1_000]);

        assertThat(store.bytes()).isEqualTo(before + 31_000 + 2 * EventLog.OVERHEAD);
        assertThatThrownBy(() -> fixture.submit("echo", "x".repeat(20_000))).isInstanceOf(RunsFullException.class);

        fixture.release();
        fixture.awaitEnd(active);
        assertThat(store.bytes())
                .isBetween(31_000L, 31_000L + RetentionSettings.OVERHEAD + 2 * EventLog.OVERHEAD + 100);
        fixture.pass(Duration.ofMinutes(10));
        store.sweep();
        assertThat(store.bytes()).isZero();
    }

    @Test
    void countsNoEventsThatWereDropped() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 1 << 20, 100);
        StoredRun active = fixture.occupy();
        long before = store.bytes();
        for (int i = 0; i < 10; i++) {
            active.emit(new byte[EventLog.MAX_BYTES / 2]);
        }

        assertThat(store.bytes()).isEqualTo(before + EventLog.MAX_BYTES + 2 * EventLog.OVERHEAD);
    }

    @Test
    void givesUpWhatIsOverForTheEventsOfARunInFlight() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 50_000, 100);
        fixture.ended("echo", "x".repeat(20_000));
        fixture.occupy().emit(new byte[40_000]);

        store.sweep();

        assertThat(store.retained()).isZero();
        assertThat(store.bytes()).isLessThan(50_000);
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
    void anotherStoreAnswersForWhatItAdopts() throws Exception {
        start();
        StoredRun run = fixture.submit("reports", "2", new RunKey("k", "f"));
        fixture.awaitEnd(run);
        RetainedRun retained = fixture.store.retained(run.id());
        try (var other = new RunStoreFixture(new RetentionSettings(Duration.ofMinutes(10), 1 << 20, 100))) {
            assertThat(other.store.adopt(retained)).isEqualTo(Adoption.ADOPTED);
            assertThat(other.store.adopt(retained)).isEqualTo(Adoption.KNOWN);
            StoredRun adopted = other.store.find(run.id());

            assertThat(adopted.ended()).isEqualTo(run.ended());
            assertThat(adopted.events().latest()).isEqualTo(5);
            assertThat(other.submit("reports", "2", new RunKey("k", "f"))).isSameAs(adopted);
            assertThat(other.send(adopted, "text/plain", "late")).isEqualTo(Delivery.CLOSED);
            assertThat(adopted.cancel()).isFalse();
            other.pass(Duration.ofMinutes(10));
            other.store.sweep();
            assertThat(other.store.find(run.id())).isNull();
            assertThat(other.store.adopt(retained)).isEqualTo(Adoption.EXPIRED);
        }
    }

    @Test
    void tellsWhatItKeepsByIdsAndOneRunAtATime() throws Exception {
        RunStore store = start();
        StoredRun first = fixture.ended("echo", "");
        StoredRun second = fixture.ended("echo", "");
        StoredRun active = fixture.occupy();

        assertThat(store.retained(id -> true)).containsExactly(first.id(), second.id());
        assertThat(store.retained(id -> !id.equals(first.id()))).containsExactly(second.id());
        assertThat(store.retained(second.id()).ended()).isEqualTo(second.ended());
        assertThat(store.retained(active.id())).isNull();
        fixture.pass(Duration.ofMinutes(10));
        store.sweep();
        assertThat(store.retained(second.id())).isNull();
    }

    @Test
    void countsWhatSmallEventsTakeBesideTheirBytes() throws Exception {
        RunStore store = start();
        StoredRun run = fixture.ended("reports", "300");
        int bytes = run.events().all().stream()
                .mapToInt(event -> event.json().length)
                .sum();

        assertThat(run.events().all()).hasSize(EventLog.MAX_EVENTS);
        assertThat(store.bytes()).isEqualTo(RetentionSettings.OVERHEAD + bytes + EventLog.MAX_EVENTS * 24L);
    }

    @Test
    void whatItAdoptsGoesInTheOrderOfTheEndsToo() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 1 << 20, 2);
        StoredRun own = fixture.ended("echo", "");

        assertThat(store.adopt(another("a-1", Duration.ofMinutes(5)))).isEqualTo(Adoption.ADOPTED);
        assertThat(store.adopt(another("a-2", Duration.ofMinutes(4)))).isEqualTo(Adoption.ADOPTED);
        assertThat(store.find("a-1")).as("the one that ended first").isNull();
        assertThat(store.adopt(another("a-3", Duration.ofMinutes(6)))).isEqualTo(Adoption.NO_ROOM);
        assertThat(store.retained(id -> true)).containsExactly("a-2", own.id());

        fixture.pass(Duration.ofMinutes(6));
        store.sweep();
        assertThat(store.retained(id -> true)).containsExactly(own.id());
    }

    @Test
    void noYoungerRunMakesRoomForOneThatItAdopts() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 3 * RetentionSettings.OVERHEAD, 100);
        StoredRun own = fixture.ended("echo", "");
        store.adopt(another("a-1", Duration.ofMinutes(5)));
        store.adopt(another("a-2", Duration.ofMinutes(4)));

        assertThat(store.adopt(another("a-3", Duration.ofMinutes(6)))).isEqualTo(Adoption.NO_ROOM);
        assertThat(store.adopt(another("a-4", Duration.ofMinutes(3)))).isEqualTo(Adoption.ADOPTED);
        assertThat(store.retained(id -> true)).containsExactly("a-2", "a-4", own.id());
    }

    @Test
    void nobodyFindsARunThatIsThenRefused() {
        RunStore store = start();
        RunRequest request = RunStoreFixture.request("echo", "", true, null);
        var seen = new ArrayList<StoredRun>();

        assertThatThrownBy(() -> store.submit(request, System.nanoTime(), run -> {
                    seen.add(store.find(((StoredRun) run.observer()).id()));
                    throw new DrainingException();
                }))
                .isInstanceOf(DrainingException.class);
        assertThat(seen).containsOnlyNulls();
        assertThat(store.bytes()).isZero();
    }
}
