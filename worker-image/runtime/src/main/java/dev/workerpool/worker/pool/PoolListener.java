package dev.workerpool.worker.pool;

/** Whoever owns the process the pool runs in. */
@FunctionalInterface
public interface PoolListener {
    /**
     * So many threads were given up that the process should be replaced: each of them may keep a core busy for good.
     * Called once, on the watchdog.
     */
    void tooManyThreadsLost(int lost);
}
