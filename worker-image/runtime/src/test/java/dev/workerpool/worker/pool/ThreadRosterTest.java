package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads that the system refuses. */
class ThreadRosterTest {
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger told = new AtomicInteger();

    /** Threads that the system bears, whoever has them. */
    private final AtomicInteger places = new AtomicInteger(Integer.MAX_VALUE);

    private final AtomicInteger spares = new AtomicInteger();
    private final AtomicInteger others = new AtomicInteger();
    private ThreadRoster made;
    private long clock;

    private ThreadRoster roster(PoolFixture fixture, TaskCatalog tasks) {
        made = new ThreadRoster(
                fixture.pool.queue(),
                (number, own) -> {
                    refuseIf(refusals.getAndDecrement() > 0 || taken(own) >= places.get());
                    return new PoolThread(number, fixture.pool, own, tasks.forThread());
                },
                told::incrementAndGet,
                rest -> {
                    refuseIf(taken(made) >= places.get());
                    spares.incrementAndGet();
                    return new Thread(() -> {
                        rest.run();
                        spares.decrementAndGet();
                    });
                });
        return made;
    }

    private static void refuseIf(boolean scarce) {
        if (scarce) {
            throw new OutOfMemoryError("unable to create native thread");
        }
    }

    private int taken(ThreadRoster roster) {
        return roster.current().size() + spares.get() + others.get();
    }

    @Test
    void startsAThreadLaterThatTheSystemRefused(@TempDir Path folder) throws Exception {
        TaskCatalog tasks = TaskCatalog.load(List.of(folder), Isolation.SHARED);
        try (var fixture = PoolFixture.settings().threads(3).start(tasks)) {
            ThreadRoster roster = roster(fixture, tasks);
            refusals.set(1);
            roster.resize(3);

            assertThat(roster.missing()).isEqualTo(3);
            assertThat(told).hasValue(1);

            assertThat(roster.refill(System.nanoTime())).as("too soon").isNotEqualTo(Watchdog.NEVER);
            assertThat(roster.missing()).isEqualTo(3);
            long later = System.nanoTime() + ThreadRoster.RETRY;
            assertThat(roster.refill(later)).isEqualTo(Watchdog.NEVER);
            assertThat(roster.current()).extracting(PoolThread::number).containsExactly(1, 2, 3);
            assertThat(roster.missing()).isZero();
        }
    }

    @Test
    void leavesRoomToTheRestOfTheWorkerForAsLongAsThreadsAreScarce(@TempDir Path folder) throws Exception {
        TaskCatalog tasks = TaskCatalog.load(List.of(folder), Isolation.SHARED);
        try (var fixture = PoolFixture.settings().threads(3).start(tasks)) {
            ThreadRoster roster = roster(fixture, tasks);
            places.set(24);
            roster.resize(100);
            await().untilAsserted(() -> assertThat(roster.current())
                    .as("of 24, with room for eight")
                    .hasSize(16));

            refill(roster);
            assertThat(roster.current()).as("with room, and no more places").hasSize(16);
            others.set(1);
            refill(roster);
            others.set(0);
            refill(roster);
            assertThat(roster.current()).as("when another had needed a place").hasSize(16);

            places.set(Integer.MAX_VALUE);
            refill(roster);
            assertThat(roster.current()).hasSize(100);
        }
    }

    /** An event loop asks. */
    @Test
    void tellsTheLeastAgeWhileThreadsAreStarted(@TempDir Path folder) throws Exception {
        TaskCatalog tasks = TaskCatalog.load(List.of(folder), Isolation.SHARED);
        try (var fixture = PoolFixture.settings().threads(1).start(tasks)) {
            ThreadRoster roster = roster(fixture, tasks);
            roster.resize(1);
            synchronized (roster) {
                var told = CompletableFuture.supplyAsync(
                        () -> roster.leastAge(System.nanoTime()), Thread::startVirtualThread);
                assertThat(told.get(20, TimeUnit.SECONDS)).isZero();
            }
        }
    }

    @Test
    void hasLostNoThreadThatCameBackInTheMomentItWasGivenUp(@TempDir Path folder) throws Exception {
        TaskCatalog tasks = TaskCatalog.load(List.of(folder), Isolation.SHARED);
        try (var fixture = PoolFixture.settings().threads(1).start(tasks)) {
            ThreadRoster roster = roster(fixture, tasks);
            roster.resize(1);
            PoolThread late = roster.current().getFirst();

            roster.ended(late, true, false);
            assertThat(roster.giveUp(late)).isZero();

            assertThat(roster.lost()).isEmpty();
            assertThat(roster.current()).hasSize(1).doesNotContain(late);
        }
    }

    /** As the watchdog does each second. */
    private void refill(ThreadRoster roster) {
        clock += ThreadRoster.RETRY;
        roster.refill(System.nanoTime() + clock);
    }
}
