package dev.workerpool.tasks;

import dev.workerpool.task.Content;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;

/** Gives back what it got, media type included. Shows what a call costs when the task costs nothing. */
@TaskType("echo")
public final class Echo implements Task<Content, Content> {
    @Override
    public Content run(Content input, TaskContext context) {
        return input;
    }
}
