package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Endpoints follow a replica that drains after a while, which is longer where nodes have too much to do. */
class DrainDelayTest extends PeerFixture {
    private static final int DELAY_MILLIS = 1000;

    private Worker worker;

    private CompletableFuture<Boolean> drain() throws Exception {
        worker = start("a", "WORKERPOOL_DRAIN_DELAY", DELAY_MILLIS + "ms");
        workers.clear(); // Or the end of the test would stop it once more.
        var stopped = new CompletableFuture<Boolean>();
        Thread.startVirtualThread(() -> {
            try {
                stopped.complete(worker.stop());
            } catch (Throwable e) {
                stopped.completeExceptionally(e);
            }
        });
        return stopped;
    }

    private int call() throws Exception {
        try (var client = new RawClient(worker.taskPort())) {
            return client.post("/tasks/quick", "x").read().status();
        }
    }

    /** Otherwise it is refused, or there is nobody to connect to any more. */
    private boolean isServed() throws Exception {
        try {
            return call() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void servesOnWhomTheySend() throws Exception {
        CompletableFuture<Boolean> stopped = drain();

        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3 * DELAY_MILLIS);
        while (System.nanoTime() < end) {
            assertThat(call()).isEqualTo(200);
            Thread.sleep(50);
        }

        assertThat(stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void butNotForEver() throws Exception {
        CompletableFuture<Boolean> stopped = drain();
        long begin = System.nanoTime();

        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> !isServed());

        assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(4 * DELAY_MILLIS));
        assertThat(stopped.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
}
