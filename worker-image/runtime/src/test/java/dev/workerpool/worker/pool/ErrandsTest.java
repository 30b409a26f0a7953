package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.task.MakerHost;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is done elsewhere, as it may not come back. */
class ErrandsTest {
    private final Errands errands = new Errands(MakerHost.RESOURCE);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger done = new AtomicInteger();

    private void work() {
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        done.incrementAndGet();
    }

    private void awaitDone(int count) {
        await().atMost(Duration.ofSeconds(30)).until(() -> done.get() == count);
        await().atMost(Duration.ofSeconds(30)).until(() -> errands.underWay().isEmpty());
    }

    @Test
    void areUnderWayAFewAtATime() {
        for (int i = 0; i < 1000; i++) {
            errands.send(new Object(), this::work);
        }

        assertThat(errands.underWay()).hasSizeBetween(1, 10);
        release.countDown();
        awaitDone(1000);
    }

    @Test
    void areSentOnceUntilTheyComeBack() {
        errands.send(this, this::work);
        errands.send(this, this::work);
        release.countDown();
        awaitDone(1);

        errands.send(this, this::work);

        awaitDone(2);
    }

    @Test
    void areDoneByOthersWhereOneIsKilled() throws Exception {
        var killed = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            errands.send(new Object(), () -> {
                killed.countDown();
                Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {});
                throw new IllegalStateException("As if it was killed");
            });
            errands.send(new Object(), this::work);
        }
        release.countDown();

        awaitDone(100);
        assertThat(killed.await(30, TimeUnit.SECONDS)).isTrue();
    }
}
