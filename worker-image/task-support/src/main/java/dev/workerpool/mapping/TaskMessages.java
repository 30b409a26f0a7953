package dev.workerpool.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import dev.workerpool.task.InvalidInputException;

/** Messages from and to running tasks of one jar, as JSON in the way of its inputs and outputs. Thread-safe. */
public final class TaskMessages {
    /** Of one message that a task emits. */
    public static final int MAX_SIZE = 64 * 1024;

    private final JsonMapper json;
    private final ObjectWriter writer;

    TaskMessages(JsonMapper json) {
        this.json = json;
        this.writer = json.writer();
    }

    /** @throws IllegalArgumentException when it cannot be JSON, or is too large */
    public byte[] write(Object message) {
        byte[] bytes;
        try {
            bytes = writer.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The message cannot be JSON: " + e.getOriginalMessage(), e);
        }
        if (bytes.length > MAX_SIZE) {
            throw new IllegalArgumentException(
                    "A message must have at most " + MAX_SIZE + " bytes as JSON, but has " + bytes.length);
        }
        return bytes;
    }

    /**
     * @throws InvalidInputException when the message is not of that type
     * @throws IllegalArgumentException when no message could ever be
     */
    @SuppressWarnings(
            "unchecked") // The reader makes what it was asked for; a cast by the class would fail for int.class.
    public <M> M read(Content message, Class<M> type) {
        try {
            return (M) InputReader.of(json.constructType(type), json).read(message);
        } catch (InvalidTaskInputException e) {
            var first = e.errors().getFirst();
            throw new InvalidInputException(first.field().equals("body") ? "message" : first.field(), first.rule());
        } catch (UnmappableTaskException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
