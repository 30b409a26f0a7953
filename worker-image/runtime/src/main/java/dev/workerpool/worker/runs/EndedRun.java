package dev.workerpool.worker.runs;

import dev.workerpool.worker.pool.Outcome;
import java.time.Duration;
import java.time.Instant;

/**
 * What there is to say of a run that is over. Immutable; another worker can answer with it as well as the one that had the
 * run.
 *
 * @param task the type
 * @param replica that had the run
 * @param thread 0 when it never started
 */
public record EndedRun(
        String id,
        String task,
        String replica,
        int thread,
        Instant createdAt,
        Duration waitTime,
        Duration runTime,
        Outcome outcome) {
    public Instant endedAt() {
        return createdAt.plus(waitTime).plus(runTime);
    }

    public RunState state() {
        return RunState.of(outcome);
    }

    /** Its caller is told to come again, and is to have a new run then. */
    boolean freesKey() {
        return outcome instanceof Outcome.WaitExceeded
                || outcome instanceof Outcome.Refused
                || outcome instanceof Outcome.Drained;
    }

    /** The memory that the result takes. */
    long resultBytes() {
        return outcome instanceof Outcome.Succeeded(var content) && content != null ? RunMemory.of(content.bytes()) : 0;
    }
}
