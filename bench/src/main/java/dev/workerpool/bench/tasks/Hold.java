package dev.workerpool.bench.tasks;

import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;

/** Keeps its thread without using a core, so that what comes meanwhile is refused. */
@TaskType("hold")
public final class Hold implements Task<Hold.Input, Integer> {
    public record Input(int millis) {}

    @Override
    public Integer run(Input input, TaskContext context) throws InterruptedException {
        Thread.sleep(input.millis());
        return input.millis();
    }
}
