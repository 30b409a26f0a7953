package dev.workerpool.worker.pool;

import java.time.Duration;
import java.util.Map;

/**
 * How the pool is to behave as long as nothing else is said: a snapshot that {@link TaskPool#apply} replaces as a whole.
 * Whoever needs several of these for one decision takes the snapshot once.
 *
 * @param generation of the WorkerPool these come from; 0 until somebody has told
 * @param threads run at the same time
 * @param queueCapacity runs that may wait for a thread; 0 admits a run only when a thread is idle
 * @param maxWait how long a run may wait
 * @param timeout how long a run may take from its start
 * @param maxAllocation bytes of heap that a run may allocate in all; 0 when there is no limit
 * @param drainTimeout how long a drain may take before what is left is interrupted
 * @param config handed to tasks; unmodifiable
 */
public record LiveSettings(
        long generation,
        int threads,
        int queueCapacity,
        Duration maxWait,
        Duration timeout,
        long maxAllocation,
        Duration drainTimeout,
        Map<String, String> config) {
    public LiveSettings {
        config = Map.copyOf(config);
    }
}
