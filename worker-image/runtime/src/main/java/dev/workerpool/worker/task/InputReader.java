package dev.workerpool.worker.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.IgnoredPropertyException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import dev.workerpool.task.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.stream.Collectors;

/** Makes a task's input from a request's body. */
@FunctionalInterface
interface InputReader {
    Object read(Content body) throws InvalidTaskInputException;

    static InputReader of(JavaType type, JsonMapper json) {
        Class<?> raw = type.getRawClass();
        if (raw == Content.class) {
            return body -> body;
        }
        if (raw == ByteBuffer.class) {
            return Content::bytes;
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
        ObjectReader reader = json.readerFor(type);
        return body -> json(body.bytes(), reader);
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
        } catch (JsonMappingException e) {
            throw invalid(e);
        } catch (JsonProcessingException e) {
            throw new InvalidTaskInputException("body", "must be well-formed JSON: " + where(e));
        } catch (IOException e) {
            throw new InvalidTaskInputException("body", "must be well-formed JSON: " + e.getMessage());
        }
    }

    private static InvalidTaskInputException invalid(JsonMappingException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidInputException refused) {
                return new InvalidTaskInputException(join(path(e), refused.field()), refused.rule());
            }
            if (cause instanceof InputCoercionException tooLarge) {
                return new InvalidTaskInputException(path(e), "must be " + name(tooLarge.getTargetType()));
            }
            if (cause instanceof JsonProcessingException malformed && !(cause instanceof JsonMappingException)) {
                return new InvalidTaskInputException("body", "must be well-formed JSON: " + where(malformed));
            }
        }
        String field = path(e).isEmpty() ? "body" : path(e);
        return new InvalidTaskInputException(
                field,
                switch (e) {
                    case UnrecognizedPropertyException unknown -> "is unknown; known are " + known(unknown);
                    case IgnoredPropertyException ignored -> "may not be given";
                    case InvalidFormatException format -> "must be " + name(format.getTargetType());
                    case MismatchedInputException mismatch
                    when mismatch.getMessage() != null && mismatch.getMessage().startsWith("Cannot map `null`") ->
                        "is required";
                    case MismatchedInputException mismatch
                    when mismatch.getTargetType() != null -> "must be " + name(mismatch.getTargetType());
                    default ->
                        e.getCause() == null
                                ? e.getOriginalMessage()
                                : String.valueOf(e.getCause().getMessage());
                });
    }

    private static String path(JsonMappingException e) {
        var path = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private static String known(UnrecognizedPropertyException e) {
        Collection<Object> ids = e.getKnownPropertyIds();
        return ids == null ? "none" : ids.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
    }

    private static String name(Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return "a whole number of 32 bits";
        }
        if (type == long.class || type == Long.class) {
            return "a whole number of 64 bits";
        }
        if (type == double.class || type == Double.class || type == float.class || type == Float.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "a string";
        }
        if (type.isEnum()) {
            return "one of " + java.util.Arrays.toString(type.getEnumConstants());
        }
        return Collection.class.isAssignableFrom(type) || type.isArray() ? "an array" : "an object";
    }

    private static String where(JsonProcessingException e) {
        var at = e.getLocation();
        // Jackson's own words for this one tell of its buffers.
        String what = e instanceof JsonEOFException ? "it ends too early" : e.getOriginalMessage();
        return at == null ? what : "%s (line %d, column %d)".formatted(what, at.getLineNr(), at.getColumnNr());
    }
}
