package dev.workerpool.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/** Makes a task's input from a request's body. */
@FunctionalInterface
interface InputReader {
    Object read(Content body) throws InvalidTaskInputException;

    /** @throws UnmappableTaskException when no JSON could ever become the type */
    static InputReader of(JavaType type, JsonMapper json) throws UnmappableTaskException {
        Class<?> raw = type.getRawClass();
        if (raw == Content.class) {
            return body -> body;
        }
        if (raw == ByteBuffer.class) {
            return Content::bytes;
        }
        if (raw == MemorySegment.class) {
            return body -> MemorySegment.ofBuffer(body.bytes());
        }
        if (raw == InputStream.class) {
            return InputReader::stream;
        }
        if (raw == byte[].class) {
            return body -> array(body.bytes());
        }
        if (raw == String.class) {
            return InputReader::text;
        }
        if (raw == Void.class) {
            return body -> null;
        }
        return json(type, json);
    }

    /** The array behind the buffer where it is exactly the body, which it is for all bodies that come over HTTP. */
    private static byte[] array(ByteBuffer bytes) {
        if (bytes.hasArray() && bytes.arrayOffset() == 0 && bytes.remaining() == bytes.array().length) {
            return bytes.array();
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return copy;
    }

    private static InputStream stream(Content body) {
        ByteBuffer bytes = body.bytes();
        return bytes.hasArray()
                ? new ByteArrayInputStream(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining())
                : new ByteArrayInputStream(array(bytes));
    }

    private static String text(Content body) throws InvalidTaskInputException {
        try {
            // A new decoder reports what String's constructor would replace in silence.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(body.bytes().duplicate())
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidTaskInputException("body", "must be UTF-8 text");
        }
    }

    @SuppressWarnings("deprecation") // Nothing else tells why a type cannot be read before there is something to read.
    private static InputReader json(JavaType type, JsonMapper json) throws UnmappableTaskException {
        if (type.isInterface() && !type.isContainerType() && !SealedTypes.isSealed(type.getRawClass())) {
            throw new UnmappableTaskException("its input " + type.toCanonical()
                    + " cannot be made from JSON: it is an interface, and not sealed");
        }
        var reason = new AtomicReference<Throwable>();
        if (!type.isJavaLangObject() && !json.canDeserialize(type, reason)) {
            throw new UnmappableTaskException("its input " + type.toCanonical() + " cannot be made from JSON"
                    + (reason.get() == null ? "" : ": " + reason.get().getMessage()));
        }
        ObjectReader reader = json.readerFor(type);
        return body -> json(body.bytes(), reader);
    }

    private static Object json(ByteBuffer bytes, ObjectReader reader) throws InvalidTaskInputException {
        if (!bytes.hasRemaining()) {
            throw new InvalidTaskInputException("body", "must be JSON, but is empty");
        }
        try {
            Object value = bytes.hasArray()
                    ? reader.readValue(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining())
                    : reader.readValue(array(bytes));
            if (value == null) {
                throw new InvalidTaskInputException("body", "must not be null");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw InputErrors.of(e);
        } catch (IOException e) {
            throw new InvalidTaskInputException("body", "must be well-formed JSON: " + e.getMessage());
        }
    }
}
