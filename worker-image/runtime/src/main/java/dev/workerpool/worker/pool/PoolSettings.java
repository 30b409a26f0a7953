package dev.workerpool.worker.pool;

import java.time.Duration;
import java.util.Map;

/**
 * How the pool is to behave.
 *
 * @param threads run at the same time
 * @param queueCapacity runs that may wait for a thread; 0 admits a run only when a thread is idle
 * @param maxWait how long a run may wait
 * @param timeout how long a run may take from its start
 * @param patience how long a run that was interrupted may take to end by itself, before it is killed
 * @param grace how long a thread may go on after its run was killed, before it is given up
 * @param config handed to tasks
 */
public record PoolSettings(
        String replica,
        int threads,
        int queueCapacity,
        Duration maxWait,
        Duration timeout,
        Duration patience,
        Duration grace,
        Map<String, String> config) {}
