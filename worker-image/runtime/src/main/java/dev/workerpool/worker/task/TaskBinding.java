package dev.workerpool.worker.task;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;

/** A task class of an opened jar, and how its input and output travel. */
record TaskBinding(
        String type, String input, String output, MethodHandle constructor, InputReader reader, OutputWriter writer) {

    static TaskBinding of(String type, Class<? extends Task<?, ?>> task, JsonMapper json) throws TaskLoadException {
        JavaType[] io = json.getTypeFactory().constructType(task).findTypeParameters(Task.class);
        if (io == null || io.length != 2) {
            throw new TaskLoadException(task.getName() + " does not say what its input and output are: "
                    + "it must implement Task<Input, Output>");
        }
        return new TaskBinding(
                type,
                describe(io[0]),
                describe(io[1]),
                constructor(task),
                InputReader.of(io[0], json),
                OutputWriter.of(io[1], task.getAnnotation(TaskType.class).produces(), json));
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
    @SuppressWarnings("unchecked") // The reader makes what the task takes, the writer takes what it gives.
    BoundTask newTask() throws Throwable {
        return new BoundTask((Task<Object, Object>) constructor.invoke(), reader, writer);
    }

    private static String describe(JavaType type) {
        Class<?> raw = type.getRawClass();
        if (raw == Content.class || raw == byte[].class || ByteBuffer.class.isAssignableFrom(raw)) {
            return "bytes";
        }
        if (raw == String.class) {
            return "text";
        }
        return raw == Void.class ? "nothing" : "json";
    }
}
