package dev.workerpool.bench.tasks;

import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;

/** Tells when it started, and when the last {@link Doomed} run had, by the same clock. */
@TaskType("probe")
public final class Probe implements Task<Void, Probe.Output> {
    public record Output(long doomedStartedAt, long now) {}

    @Override
    public Output run(Void input, TaskContext context) {
        return new Output(Doomed.startedAt, System.nanoTime());
    }
}
