package dev.workerpool.bench.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what the cluster does in its own time, and never for ever. */
public final class Wait {
    private Wait() {}

    public static void until(Supplier<String> what, Duration atMost, BooleanSupplier holds)
            throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Not within " + atMost.toSeconds() + " s: " + what.get());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
