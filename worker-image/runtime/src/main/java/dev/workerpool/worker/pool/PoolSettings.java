package dev.workerpool.worker.pool;

import java.time.Duration;

/**
 * What a pool is made with.
 *
 * @param patience how long a run that was interrupted may take to end by itself, before it is killed
 * @param grace how long a thread may go on after its run was killed, before it is given up
 * @param initial what may change later
 */
public record PoolSettings(String replica, Duration patience, Duration grace, LiveSettings initial) {}
