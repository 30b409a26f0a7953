package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads that the system refuses. */
class ThreadRosterTest {
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger told = new AtomicInteger();

    private ThreadRoster roster(PoolFixture fixture, TaskCatalog tasks) {
        return new ThreadRoster(
                fixture.pool.queue(),
                number -> {
                    if (refusals.getAndDecrement() > 0) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    return new PoolThread(number, fixture.pool, tasks.forThread());
                },
                told::incrementAndGet);
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
}
