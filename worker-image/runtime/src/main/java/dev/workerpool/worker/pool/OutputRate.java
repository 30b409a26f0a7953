package dev.workerpool.worker.pool;

/** How much all tasks together may print: a megabyte at once, and 256 KiB a second in the long run. Thread-safe. */
final class OutputRate {
    private static final long BURST = 1 << 20;
    private static final long NANOS_PER_BYTE = 1_000_000_000L / (256 << 10);

    /** For its time stamp, thread and tags, which each line has. */
    private static final int PER_LINE = 100;

    private long emptyAt = System.nanoTime() - BURST * NANOS_PER_BYTE;

    synchronized boolean allows(int bytes) {
        long now = System.nanoTime();
        emptyAt = Math.max(emptyAt, now - BURST * NANOS_PER_BYTE);
        long after = emptyAt + (bytes + PER_LINE) * NANOS_PER_BYTE;
        if (after - now > 0) {
            return false;
        }
        emptyAt = after;
        return true;
    }
}
