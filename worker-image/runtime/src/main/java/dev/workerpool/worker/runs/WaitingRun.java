package dev.workerpool.worker.runs;

import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.RunOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * A run that has no thread yet, with all that another worker needs to do it.
 *
 * @param task the type
 * @param waited for how long already
 * @param parameters of the call
 * @param key null when the caller gave none
 * @param moves how often it has gone from one worker to another, with this time
 */
public record WaitingRun(
        String id,
        String task,
        Instant createdAt,
        Duration waited,
        Content body,
        Map<String, String> parameters,
        RunOptions options,
        RunKey key,
        int moves) {
    /** What names this one move: a run may come to a worker again, and may not be taken twice from the same. */
    public String move() {
        return id + "/" + moves;
    }
}
