package dev.workerpool.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TaskExecutorsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** As a task does that names its threads. */
    private static final class Holder {
        private final String name = "mine";
        private final ExecutorService executor =
                TaskExecutors.newSingleThreadExecutor(work -> new Thread(work, this.name));

        WeakReference<Holder> close() throws Exception {
            executor.submit(() -> "done").get();
            executor.close();
            return new WeakReference<>(this);
        }
    }

    private static void awaitUnreachable(WeakReference<?> held) {
        await().atMost(PATIENCE).until(() -> {
            System.gc();
            return held.get() == null;
        });
    }

    @Test
    void aClosedExecutorDoesNotKeepWhoMadeIt() throws Exception {
        awaitUnreachable(new Holder().close());
    }

    @Test
    void anExecutorThatNobodyCanReachIsShutDown() throws Exception {
        CountDownLatch ended = workedAndLeft();
        await().atMost(PATIENCE).until(() -> {
            System.gc();
            return ended.await(10, TimeUnit.MILLISECONDS);
        });
    }

    private static CountDownLatch workedAndLeft() throws Exception {
        var ended = new CountDownLatch(1);
        ExecutorService executor = TaskExecutors.newSingleThreadExecutor(
                work -> Thread.ofPlatform().daemon().unstarted(() -> {
                    work.run();
                    ended.countDown();
                }));
        assertThat(executor.submit(() -> "done").get()).isEqualTo("done");
        return ended;
    }
}
