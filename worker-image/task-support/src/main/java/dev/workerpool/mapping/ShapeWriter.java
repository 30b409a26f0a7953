package dev.workerpool.mapping;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import dev.workerpool.task.ContentStream;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Describes the bodies of one task's calls and answers. */
final class ShapeWriter {
    private static final String ANY = "*/*";
    private static final String TEXT = "text/plain";
    private static final String JSON = "application/json";
    private static final Map<String, Object> STRING = Map.of("type", "string");

    private final String task;
    private final JsonMapper json;
    private final Map<String, Object> definitions = new LinkedHashMap<>();

    private ShapeWriter(String task, JsonMapper json) {
        this.task = task;
        this.json = json;
    }

    static TaskShape shape(String task, JavaType input, JavaType output, String produces, JsonMapper json) {
        var writer = new ShapeWriter(task, json);
        return new TaskShape(writer.input(input), writer.output(output, produces), writer.definitions);
    }

    private TaskShape.Body input(JavaType type) {
        if (type.hasRawClass(Void.class)) {
            return null;
        }
        if (isBytes(type)) {
            return new TaskShape.Body(ANY, Map.of());
        }
        return type.hasRawClass(String.class)
                ? new TaskShape.Body(TEXT, STRING)
                : new TaskShape.Body(JSON, schemas(SchemaWriter.Direction.IN).of(type));
    }

    private TaskShape.Body output(JavaType type, String produces) {
        Class<?> raw = type.getRawClass();
        if (raw == Void.class) {
            return null;
        }
        if (raw == Content.class || raw == ContentStream.class) {
            return new TaskShape.Body(ANY, Map.of());
        }
        if (isBytes(type)) {
            return new TaskShape.Body(or(produces, OutputWriter.BYTES), Map.of());
        }
        if (raw == String.class) {
            return new TaskShape.Body(or(produces, TEXT), STRING);
        }
        SchemaWriter schemas = schemas(SchemaWriter.Direction.OUT);
        if (Stream.class.isAssignableFrom(raw) || Iterator.class.isAssignableFrom(raw)) {
            return stream(schemas.of(JsonStreamWriter.element(type)), produces);
        }
        return new TaskShape.Body(or(produces, JSON), schemas.of(type));
    }

    private static TaskShape.Body stream(Map<String, Object> element, String produces) {
        if (JsonStreamWriter.isArray(produces)) {
            return new TaskShape.Body(produces, ValueSchemas.schema("type", "array", "items", element));
        }
        Map<String, Object> lines = ValueSchemas.schema(
                "type",
                "string",
                "description",
                "Lines, each of which is JSON of contentSchema.",
                "contentMediaType",
                JSON,
                "contentSchema",
                element);
        return new TaskShape.Body(or(produces, JsonStreamWriter.LINES), lines);
    }

    private static boolean isBytes(JavaType type) {
        Class<?> raw = type.getRawClass();
        return raw == Content.class
                || raw == byte[].class
                || raw == MemorySegment.class
                || ByteBuffer.class.isAssignableFrom(raw)
                || InputStream.class.isAssignableFrom(raw);
    }

    private SchemaWriter schemas(SchemaWriter.Direction direction) {
        return new SchemaWriter(task, direction, json, definitions);
    }

    private static String or(String produces, String otherwise) {
        return produces.isEmpty() ? otherwise : produces;
    }
}
