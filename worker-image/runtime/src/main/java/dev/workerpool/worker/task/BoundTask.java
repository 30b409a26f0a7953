package dev.workerpool.worker.task;

import dev.workerpool.mapping.ResultReceiver;
import dev.workerpool.mapping.TaskMapping;
import dev.workerpool.mapping.TaskMessages;
import dev.workerpool.task.Content;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;

/** A task object of one thread. */
record BoundTask(Task<?, ?> task, TaskMapping mapping, TaskMessages messages) {
    Content run(Content body, TaskContext context, ResultReceiver receiver) throws Exception {
        return mapping.run(task, body, context, receiver);
    }
}
