package dev.workerpool.mapping;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import java.io.IOException;
import java.lang.reflect.Array;

/**
 * Writes numbers of single and double precision, alone and in arrays. Jackson by itself makes strings of infinity and of what
 * is no number, where the caller was told of a number. They are refused: JSON has neither, and null would be a guess.
 */
final class FiniteNumbers extends JsonSerializer<Object> {
    private static final FiniteNumbers ONE = new FiniteNumbers();

    private FiniteNumbers() {}

    /** @return null when the type is neither a number of that kind nor an array of them */
    static JsonSerializer<?> writer(Class<?> type) {
        Class<?> number = type.isArray() ? type.getComponentType() : type;
        boolean boxed = !type.isArray() && (number == Double.class || number == Float.class);
        return boxed || number == double.class || number == float.class ? ONE : null;
    }

    @Override
    public void serialize(Object value, JsonGenerator out, SerializerProvider provider) throws IOException {
        if (!value.getClass().isArray()) {
            write((Number) value, out);
            return;
        }
        int length = Array.getLength(value);
        out.writeStartArray(value, length);
        for (int i = 0; i < length; i++) {
            try {
                if (value instanceof double[] doubles) {
                    write(doubles[i], out);
                } else {
                    write(((float[]) value)[i], out);
                }
            } catch (JsonMappingException e) {
                throw JsonMappingException.wrapWithPath(e, value, i);
            }
        }
        out.writeEndArray();
    }

    /** They say by themselves what they are. */
    @Override
    public void serializeWithType(
            Object value, JsonGenerator out, SerializerProvider provider, TypeSerializer ignoredTag)
            throws IOException {
        serialize(value, out, provider);
    }

    private static void write(Number value, JsonGenerator out) throws IOException {
        if (value instanceof Double number) {
            write(number.doubleValue(), out);
        } else {
            write(value.floatValue(), out);
        }
    }

    private static void write(double value, JsonGenerator out) throws IOException {
        if (!Double.isFinite(value)) {
            throw new Infinite(out, Double.toString(value));
        }
        out.writeNumber(value);
    }

    private static void write(float value, JsonGenerator out) throws IOException {
        if (!Float.isFinite(value)) {
            throw new Infinite(out, Float.toString(value));
        }
        out.writeNumber(value);
    }

    /** Found on the way to the component, whose path the writers around it add. */
    private static final class Infinite extends JsonMappingException {
        private static final long serialVersionUID = 1L;

        Infinite(JsonGenerator out, String value) {
            super(out, value);
        }
    }

    /**
     * @return the exception as it came
     * @throws IllegalStateException when a number was refused, in the words of who wrote the task
     */
    static IOException told(IOException e) {
        if (!(e instanceof Infinite infinite)) {
            return e;
        }
        String path = InputErrors.path(infinite);
        throw new IllegalStateException(
                "The output cannot be JSON: " + (path.isEmpty() ? "it" : path) + " is " + infinite.getOriginalMessage()
                        + ", and JSON has finite numbers only",
                e);
    }
}
