package dev.workerpool.operator.runtime;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Has the heap collected once a burst is over, and in a burst that goes on when half of the heap may be dead. The serial
 * collector lets the old generation grow as far as it may before it looks what of it is still in use, and an operator that
 * lists thousands of pools and then idles for days would keep for days what it needed for seconds. A full collection takes
 * some 0.1 s.
 */
final class IdleHeap implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(5);

    /** Less is not worth the pause. */
    static final long WORTH_IT = 4 << 20;

    /** What an idle operator adds in one period stays below this. */
    static final long IDLE = 1 << 20;

    static final long TOO_MUCH = 48 << 20;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("idle-heap").factory());
    private final MemoryPoolMXBean old = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
            .findFirst()
            .orElseThrow();
    private long last;

    void start() {
        clock.scheduleWithFixedDelay(this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        long used = old.getUsage().getUsed();
        if (isWorthIt(last, used, old.getCollectionUsage().getUsed())) {
            System.gc();
        }
        last = used;
    }

    /**
     * @param before used bytes one period ago
     * @param collected used bytes after the last full collection; 0 before the first
     */
    static boolean isWorthIt(long before, long used, long collected) {
        long mayBeDead = used - collected;
        boolean isIdle = used - before < IDLE;
        return isIdle ? mayBeDead >= WORTH_IT : mayBeDead >= Math.max(TOO_MUCH, collected);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
