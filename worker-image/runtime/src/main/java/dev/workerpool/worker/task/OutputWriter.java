package dev.workerpool.worker.task;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Makes a response's body from a task's output, which is not null. */
@FunctionalInterface
interface OutputWriter {
    Content write(Object output) throws IOException;

    static OutputWriter of(JavaType type, String produces, JsonMapper json) {
        Class<?> raw = type.getRawClass();
        if (raw == Content.class) {
            return output -> valid((Content) output);
        }
        if (ByteBuffer.class.isAssignableFrom(raw)) {
            String mediaType = or(produces, "application/octet-stream");
            return output -> new Content(mediaType, (ByteBuffer) output);
        }
        if (raw == byte[].class) {
            String mediaType = or(produces, "application/octet-stream");
            return output -> new Content(mediaType, ByteBuffer.wrap((byte[]) output));
        }
        if (raw == String.class) {
            String mediaType = or(produces, "text/plain;charset=utf-8");
            return output ->
                    new Content(mediaType, ByteBuffer.wrap(((String) output).getBytes(StandardCharsets.UTF_8)));
        }
        String mediaType = or(produces, "application/json");
        ObjectWriter writer = type.isJavaLangObject() ? json.writer() : json.writerFor(type);
        return output -> new Content(mediaType, ByteBuffer.wrap(writer.writeValueAsBytes(output)));
    }

    /** The media type becomes a header's value: a line break in it would be headers of the task's making. */
    private static Content valid(Content output) {
        if (output.mediaType().isEmpty()
                || output.mediaType().chars().anyMatch(c -> c < ' ' || c == 0x7f || c > 0xff)) {
            throw new IllegalArgumentException("The output's media type has characters that no media type has");
        }
        return output;
    }

    private static String or(String produces, String otherwise) {
        return produces.isEmpty() ? otherwise : produces;
    }
}
