package dev.workerpool.worker.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecurringTest {
    @Test
    void goesOnAfterAnError() throws Exception {
        var calls = new CountDownLatch(3);
        try (var loops = new EventLoops(1)) {
            loops.repeat(
                    () -> {
                        calls.countDown();
                        throw new OutOfMemoryError("for the test");
                    },
                    Duration.ofMillis(1));

            assertThat(calls.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
