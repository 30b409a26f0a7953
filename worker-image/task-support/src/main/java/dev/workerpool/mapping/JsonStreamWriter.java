package dev.workerpool.mapping;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import java.io.IOException;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * Writes a stream of values as it comes, as lines of JSON or as one array. What the receiver has no time for yet is gathered,
 * so that a fast producer sends few large pieces, and a slow one each value at once.
 */
final class JsonStreamWriter implements OutputWriter {
    static final String LINES = "application/x-ndjson";

    private final String mediaType;
    private final boolean array;
    private final ObjectWriter writer;

    private JsonStreamWriter(String mediaType, boolean array, ObjectWriter writer) {
        this.mediaType = mediaType;
        this.array = array;
        this.writer = writer;
    }

    static JsonStreamWriter of(JavaType type, String produces, JsonMapper json) {
        JavaType element = element(type);
        ObjectWriter writer = (element.isJavaLangObject() ? json.writer() : json.writerFor(element))
                .without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
        return new JsonStreamWriter(produces.isEmpty() ? LINES : produces, isArray(produces), writer);
    }

    static JavaType element(JavaType type) {
        Class<?> container = Stream.class.isAssignableFrom(type.getRawClass()) ? Stream.class : Iterator.class;
        return type.findTypeParameters(container)[0];
    }

    static boolean isArray(String produces) {
        return produces.startsWith("application/json");
    }

    @Override
    public Content write(Object output, ResultReceiver receiver) throws Exception {
        ResultStream out = receiver.begin(mediaType);
        if (output instanceof Stream<?> stream) {
            try (stream) {
                write(stream.iterator(), out);
            }
        } else {
            write((Iterator<?>) output, out);
        }
        return out.finish();
    }

    @SuppressWarnings("resource") // Closing would complete what was cut off, as if it were whole.
    private void write(Iterator<?> values, ResultStream out) throws Exception {
        JsonGenerator json = writer.createGenerator(out);
        json.setRootValueSeparator(null);
        if (array) {
            json.writeStartArray();
        }
        while (values.hasNext()) {
            write(values.next(), json);
            if (!array) {
                json.writeRaw('\n');
            }
            if (out.isIdle()) {
                json.flush();
            }
        }
        if (array) {
            json.writeEndArray();
        }
        json.flush();
    }

    private void write(Object value, JsonGenerator json) throws IOException {
        try {
            writer.writeValue(json, value);
        } catch (IOException e) {
            throw FiniteNumbers.told(e);
        }
    }
}
