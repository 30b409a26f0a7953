package dev.workerpool.worker.task;

import dev.workerpool.mapping.TaskMapper;
import dev.workerpool.mapping.TaskMapping;
import dev.workerpool.mapping.TaskMessages;
import dev.workerpool.mapping.UnmappableTaskException;
import dev.workerpool.task.Task;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** A task class of an opened jar, and how its input and output travel. */
record TaskBinding(String type, MethodHandle constructor, TaskMapping mapping, TaskMessages messages) {
    static TaskBinding of(String type, Class<? extends Task<?, ?>> task, TaskMapper mapper) throws TaskLoadException {
        try {
            return new TaskBinding(type, constructor(task), mapper.map(task), mapper.messages());
        } catch (UnmappableTaskException e) {
            throw new TaskLoadException(e.getMessage(), e);
        }
    }

    private static MethodHandle constructor(Class<? extends Task<?, ?>> task) throws TaskLoadException {
        try {
            var lookup = MethodHandles.privateLookupIn(task, MethodHandles.lookup());
            return lookup.findConstructor(task, MethodType.methodType(void.class))
                    .asType(MethodType.methodType(Task.class));
        } catch (IllegalAccessException | NoSuchMethodException e) {
            throw new TaskLoadException(task.getName() + " must have a public constructor without parameters", e);
        }
    }

    /** A task object for the use of one thread. */
    BoundTask newTask() throws Throwable {
        return new BoundTask((Task<?, ?>) constructor.invoke(), mapping, messages);
    }
}
