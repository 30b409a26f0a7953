package dev.workerpool.worker.task;

import dev.workerpool.task.Content;
import dev.workerpool.task.InvalidInputException;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;

/** A task object of one thread. */
record BoundTask(Task<Object, Object> task, InputReader reader, OutputWriter writer) {
    /** @return null when the task gives nothing */
    Content run(Content body, TaskContext context) throws Exception {
        Object output;
        try {
            output = task.run(reader.read(body), context);
        } catch (InvalidInputException e) {
            throw new InvalidTaskInputException(e.field(), e.rule());
        }
        return output == null ? null : writer.write(output);
    }
}
