package dev.workerpool.worker.peers;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How many requests are with peers. Thread-safe. */
final class PassCount {
    private final AtomicInteger passes = new AtomicInteger();

    void begun() {
        passes.incrementAndGet();
    }

    void ended() {
        if (passes.decrementAndGet() == 0) {
            synchronized (passes) {
                passes.notifyAll();
            }
        }
    }

    boolean isNone() {
        return passes.get() == 0;
    }

    /** @return false when the time was not enough */
    boolean awaitNone(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        synchronized (passes) {
            for (long left = patience.toNanos(); passes.get() > 0; left = end - System.nanoTime()) {
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(passes, left);
            }
        }
        return true;
    }
}
