package dev.workerpool.worker.runs;

import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.RunOptions;
import dev.workerpool.worker.task.TaskEntry;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A run to be.
 *
 * @param parameters of the call, asked for when the task wants them
 * @param detached goes on when nobody waits for it
 * @param key null for none
 */
public record RunRequest(
        TaskEntry task,
        Content body,
        Supplier<Map<String, String>> parameters,
        RunOptions options,
        boolean detached,
        RunKey key) {
    /** A caller whose connection broke asks again under the same key: that is what a key is for. */
    boolean outlivesItsCallers() {
        return detached || key != null;
    }
}
