package dev.workerpool.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BareThreadsTest {
    @Test
    void aResponseCountsFromWhenItWasDueAndSoHoldsTheWait() throws Exception {
        var last = new CountDownLatch(1);
        double[] arrivals = {0, 0.1, 0.3};
        var calls = new AtomicInteger();
        try (var threads = new BareThreads(2, () -> {
            if (calls.incrementAndGet() == 3) {
                last.countDown();
            } else if (calls.get() == 1) {
                await(last);
            }
        })) {
            double[] responses = threads.responses(arrivals);

            assertThat(responses[0]).isGreaterThan(0.29);
            assertThat(responses[1]).isPositive();
            assertThat(calls).hasValue(3);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
