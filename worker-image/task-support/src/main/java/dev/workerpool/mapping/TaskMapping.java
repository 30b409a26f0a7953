package dev.workerpool.mapping;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import dev.workerpool.task.ContentStream;
import dev.workerpool.task.InvalidInputException;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.stream.Stream;

/** How the input and output of one task class travel. Immutable and thread-safe. */
public final class TaskMapping {
    private final JsonMapper json;
    private final JavaType input;
    private final JavaType output;
    private final String produces;
    private final InputReader reader;
    private final OutputWriter writer;

    private TaskMapping(JavaType input, JavaType output, String produces, JsonMapper json)
            throws UnmappableTaskException {
        this.json = json;
        this.input = input;
        this.output = output;
        this.produces = produces;
        this.reader = InputReader.of(input, json);
        this.writer = OutputWriter.of(output, produces, json);
    }

    static TaskMapping of(Class<? extends Task<?, ?>> task, JsonMapper json) throws UnmappableTaskException {
        JavaType[] io = json.getTypeFactory().constructType(task).findTypeParameters(Task.class);
        if (io == null || io.length != 2) {
            throw new UnmappableTaskException(task.getName() + " does not say what its input and output are: "
                    + "it must implement Task<Input, Output>");
        }
        TaskType type = task.getAnnotation(TaskType.class);
        try {
            return new TaskMapping(io[0], io[1], type == null ? "" : type.produces(), json);
        } catch (UnmappableTaskException | IllegalArgumentException e) {
            throw new UnmappableTaskException(task.getName() + ": " + e.getMessage());
        }
    }

    /** {@code bytes}, {@code text}, {@code json} or {@code nothing}. */
    public String input() {
        return describe(input);
    }

    /** As {@link #input}, or {@code stream} of JSON values. */
    public String output() {
        return describe(output);
    }

    /** Describes input and output. Looks through all their types, which takes a while. @param type of the task */
    public TaskShape shape(String type) {
        return ShapeWriter.shape(type, input, output, produces, json);
    }

    /**
     * Reads the input, runs the task, writes the output.
     *
     * @param receiver takes the result if it streams
     * @return null when the task gives nothing, or the receiver has it
     * @throws InvalidTaskInputException when the input does not fit, or the task refuses it
     * @throws Exception whatever the task throws
     */
    @SuppressWarnings("unchecked") // The reader makes what the task takes, the writer takes what it gives.
    public Content run(Task<?, ?> task, Content body, TaskContext context, ResultReceiver receiver) throws Exception {
        try {
            Object result = ((Task<Object, Object>) task).run(reader.read(body), context);
            return result == null ? null : writer.write(result, receiver);
        } catch (InvalidInputException e) {
            throw new InvalidTaskInputException(e.field(), e.rule());
        }
    }

    private static String describe(JavaType type) {
        Class<?> raw = type.getRawClass();
        if (raw == Content.class
                || raw == ContentStream.class
                || raw == byte[].class
                || raw == MemorySegment.class
                || ByteBuffer.class.isAssignableFrom(raw)
                || InputStream.class.isAssignableFrom(raw)) {
            return "bytes";
        }
        if (raw == String.class) {
            return "text";
        }
        if (Stream.class.isAssignableFrom(raw) || Iterator.class.isAssignableFrom(raw)) {
            return "stream";
        }
        return raw == Void.class ? "nothing" : "json";
    }
}
