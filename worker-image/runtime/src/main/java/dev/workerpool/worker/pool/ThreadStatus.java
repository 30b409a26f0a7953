package dev.workerpool.worker.pool;

import java.time.Instant;

/**
 * What a thread does.
 *
 * @param id from 1
 * @param task the type it runs; null when it is idle
 * @param since when it became so
 */
public record ThreadStatus(int id, String task, Instant since) {
    public boolean active() {
        return task != null;
    }
}
