package dev.workerpool.bench.tasks;

import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;

/** Nothing in, nothing out: what is left is the hand-over. */
@TaskType("nothing")
public final class Nothing implements Task<Void, Void> {
    @Override
    public Void run(Void input, TaskContext context) {
        return null;
    }
}
