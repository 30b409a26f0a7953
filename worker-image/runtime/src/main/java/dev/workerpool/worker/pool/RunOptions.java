package dev.workerpool.worker.pool;

import dev.workerpool.worker.pool.RunTracer.RunTrace;
import java.time.Duration;

/**
 * What a caller may ask for one run.
 *
 * @param urgency 0, the most urgent, to 7
 * @param timeout how long it may be active; null when the pool's limit is enough. A longer one than the pool's changes nothing
 * @param trace hears of the run's end; null when nobody does
 */
public record RunOptions(int urgency, Duration timeout, RunTrace trace) {
    public static final int MOST_URGENT = 0;
    public static final int LEAST_URGENT = 7;

    /** Of those that do not say. */
    public static final RunOptions DEFAULT = new RunOptions(3, null, null);

    public RunOptions(int urgency, Duration timeout) {
        this(urgency, timeout, null);
    }

    public RunOptions {
        if (urgency < MOST_URGENT || urgency > LEAST_URGENT) {
            throw new IllegalArgumentException("urgency " + urgency);
        }
    }

    /** How long the run may be active, given the pool's limit. */
    Duration within(Duration limit) {
        return timeout == null || timeout.compareTo(limit) > 0 ? limit : timeout;
    }
}
