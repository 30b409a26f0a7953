package dev.workerpool.bench.tasks;

import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;

/** {@link Hold} in a bare loop: how long one really keeps its thread when nothing comes between. */
@TaskType("hold-loop")
public final class HoldLoop implements Task<HoldLoop.Input, HoldLoop.Output> {
    public record Input(int millis, int times) {}

    public record Output(long count, long nanos) {}

    @Override
    public Output run(Input input, TaskContext context) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < input.times(); i++) {
            Thread.sleep(input.millis());
        }
        return new Output(input.times(), System.nanoTime() - start);
    }
}
