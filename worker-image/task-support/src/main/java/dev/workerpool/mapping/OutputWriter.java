package dev.workerpool.mapping;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import dev.workerpool.task.ContentStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.stream.Stream;

/** Makes a response's body from a task's output, which is not null. */
@FunctionalInterface
interface OutputWriter {
    String BYTES = "application/octet-stream";

    /** @return the body; null when it went to the receiver piece by piece */
    Content write(Object output, ResultReceiver receiver) throws Exception;

    static OutputWriter of(JavaType type, String produces, JsonMapper json) {
        Class<?> raw = type.getRawClass();
        if (raw == Content.class) {
            return (output, receiver) -> valid((Content) output);
        }
        if (raw == ContentStream.class) {
            return (output, receiver) -> write((ContentStream) output, receiver);
        }
        if (ByteBuffer.class.isAssignableFrom(raw)) {
            String mediaType = or(produces, BYTES);
            return (output, receiver) -> new Content(mediaType, (ByteBuffer) output);
        }
        if (raw == MemorySegment.class) {
            String mediaType = or(produces, BYTES);
            return (output, receiver) -> new Content(mediaType, bytes((MemorySegment) output));
        }
        if (raw == byte[].class) {
            String mediaType = or(produces, BYTES);
            return (output, receiver) -> new Content(mediaType, ByteBuffer.wrap((byte[]) output));
        }
        if (InputStream.class.isAssignableFrom(raw)) {
            String mediaType = or(produces, BYTES);
            return (output, receiver) -> copy((InputStream) output, receiver.begin(mediaType));
        }
        if (raw == String.class) {
            String mediaType = or(produces, "text/plain;charset=utf-8");
            return (output, receiver) ->
                    new Content(mediaType, ByteBuffer.wrap(((String) output).getBytes(StandardCharsets.UTF_8)));
        }
        if (Stream.class.isAssignableFrom(raw) || Iterator.class.isAssignableFrom(raw)) {
            return JsonStreamWriter.of(type, produces, json);
        }
        String mediaType = or(produces, "application/json");
        ObjectWriter writer = type.isJavaLangObject() ? json.writer() : json.writerFor(type);
        return (output, receiver) -> new Content(mediaType, ByteBuffer.wrap(json(output, writer)));
    }

    private static byte[] json(Object output, ObjectWriter writer) throws IOException {
        try {
            return writer.writeValueAsBytes(output);
        } catch (IOException e) {
            throw FiniteNumbers.told(e);
        }
    }

    private static Content write(ContentStream output, ResultReceiver receiver) throws Exception {
        ResultStream out = receiver.begin(mediaType(output.mediaType()));
        output.body().writeTo(out);
        return out.finish();
    }

    private static Content copy(InputStream output, ResultStream out) throws Exception {
        try (output) {
            output.transferTo(out);
        }
        return out.finish();
    }

    /** The array of a segment on the heap; a copy of any other, whose arena may be closed before it is sent. */
    private static ByteBuffer bytes(MemorySegment output) {
        return output.heapBase().filter(byte[].class::isInstance).isPresent()
                ? output.asByteBuffer()
                : ByteBuffer.wrap(output.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    }

    private static Content valid(Content output) {
        mediaType(output.mediaType());
        return output;
    }

    /** It becomes a header's value: a line break in it would be headers of the task's making. */
    private static String mediaType(String given) {
        boolean valid = !given.isEmpty();
        for (int i = 0; i < given.length() && valid; i++) {
            char c = given.charAt(i);
            valid = c >= ' ' && c != 0x7f && c <= 0xff;
        }
        if (!valid) {
            throw new IllegalArgumentException("The output's media type has characters that no media type has");
        }
        return given;
    }

    private static String or(String produces, String otherwise) {
        return produces.isEmpty() ? otherwise : mediaType(produces);
    }
}
