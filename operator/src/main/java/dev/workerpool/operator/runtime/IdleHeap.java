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

    /** In a second a burst brings tens of MiB. */
    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** So many periods with less than {@link #LITTLE} in each, and a burst is over. */
    static final int CALM = 3;

    static final long LITTLE = 1 << 20;

    /** So many periods with next to nothing in them, and nobody waits for a pass who would notice a pause. */
    static final int IDLE = 10;

    static final long NOTHING = 64 << 10;

    /** Less is not worth the pause, unless the last collection was in a burst and took what passes had in hand for used. */
    static final long WORTH_IT = 4 << 20;

    static final long TOO_MUCH = 32 << 20;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("idle-heap").factory());
    private final MemoryPoolMXBean old = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
            .findFirst()
            .orElseThrow();
    private long last;
    private long lastCollected;
    private int calm;
    private int idle;
    private boolean asked;
    private boolean settled;

    void start() {
        clock.scheduleWithFixedDelay(this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        if (isWorthIt(old.getUsage().getUsed(), old.getCollectionUsage().getUsed())) {
            System.gc();
        }
    }

    /**
     * At the end of each period.
     *
     * @param used bytes
     * @param collected used bytes after the last full collection; 0 before the first
     */
    boolean isWorthIt(long used, long collected) {
        boolean wasCollected = collected != lastCollected;
        // The virtual machine's own collection comes in the middle of something.
        settled &= asked || !wasCollected || calm >= CALM;
        long added = used - (wasCollected ? collected : last);
        calm = added < LITTLE ? calm + 1 : 0;
        idle = added < NOTHING ? idle + 1 : 0;
        last = used;
        lastCollected = collected;
        long mayBeDead = used - collected;
        boolean isOver = calm >= CALM;
        asked = mayBeDead >= Math.max(TOO_MUCH, collected)
                || isOver && !settled
                || idle >= IDLE && mayBeDead >= WORTH_IT;
        settled = asked ? isOver : settled;
        return asked;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
