package dev.workerpool.worker.runs;

import java.time.Duration;

/**
 * How much is kept of runs.
 *
 * @param period how long after its end a run can be asked for
 * @param maxBytes that the bodies, events, messages and results of all runs may take together
 * @param maxRuns that are over and kept
 */
public record RetentionSettings(Duration period, long maxBytes, int maxRuns) {
    /** A run's own size beside its contents, rounded up. */
    static final int OVERHEAD = 1024;
}
