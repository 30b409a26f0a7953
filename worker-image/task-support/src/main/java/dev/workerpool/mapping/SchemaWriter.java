package dev.workerpool.mapping;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Describes the JSON of Java types, as the mapper reads it or writes it. The two differ: what may be absent from an input is
 * there in an output, as null.
 */
final class SchemaWriter {
    static final String REFERENCE = "#/components/schemas/";

    enum Direction {
        IN,
        OUT
    }

    private final String task;
    private final Direction direction;
    private final JsonMapper json;
    private final Map<String, Object> definitions;
    private final Map<Defined, String> names = new HashMap<>();

    /** @param tagged whether it tells its class, as one of a sealed type */
    private record Defined(JavaType type, boolean tagged) {}

    /** @param definitions to which those of objects are added */
    SchemaWriter(String task, Direction direction, JsonMapper json, Map<String, Object> definitions) {
        this.task = task;
        this.direction = direction;
        this.json = json;
        this.definitions = definitions;
    }

    Map<String, Object> of(JavaType type) {
        Class<?> raw = type.getRawClass();
        if (OptionalValues.isOptional(raw)) {
            return nullable(OptionalValues.content(type));
        }
        Map<String, Object> value = ValueSchemas.of(raw);
        if (value != null) {
            return value;
        }
        if (type.isMapLikeType()) {
            return ValueSchemas.schema("type", "object", "additionalProperties", nullable(type.getContentType()));
        }
        if (type.isArrayType() || type.isCollectionLikeType()) {
            return ValueSchemas.schema("type", "array", "items", nullable(type.getContentType()));
        }
        if (SealedTypes.isSealed(raw)) {
            return oneOf(raw);
        }
        return isObject(type) ? reference(type, false) : Map.of();
    }

    /** Primitives are always there; everything else may be null. */
    private Map<String, Object> nullable(JavaType type) {
        Map<String, Object> schema = of(type);
        if (OptionalValues.isOptional(type.getRawClass()) || type.isPrimitive() || schema.isEmpty()) {
            return schema;
        }
        if (schema.get("type") instanceof String name && !schema.containsKey("enum")) {
            var both = new LinkedHashMap<>(schema);
            both.put("type", List.of(name, "null"));
            return both;
        }
        return Map.of("anyOf", List.of(schema, Map.of("type", "null")));
    }

    private Map<String, Object> oneOf(Class<?> sealed) {
        var variants = new ArrayList<Map<String, Object>>();
        for (Class<?> type : SealedTypes.concrete(sealed)) {
            variants.add(reference(json.constructType(type), true));
        }
        return Map.of("oneOf", variants);
    }

    /** Does Jackson read or write it field by field? Of anything else nothing can be said. */
    private boolean isObject(JavaType type) {
        Class<?> raw = type.getRawClass();
        return raw.isRecord() || !raw.isInterface() && !raw.getName().startsWith("java.");
    }

    private Map<String, Object> reference(JavaType type, boolean tagged) {
        var key = new Defined(type, tagged);
        String name = names.get(key);
        if (name == null) {
            name = free(type.getRawClass().getSimpleName());
            names.put(key, name);
            definitions.put(name, Map.of()); // Taken, before an object that has itself as a field comes to ask.
            definitions.put(name, object(type, tagged));
        }
        return Map.of("$ref", REFERENCE + name);
    }

    private String free(String simpleName) {
        String wanted = task + "." + simpleName.replaceAll("[^A-Za-z0-9]", "-");
        String name = wanted;
        for (int i = 2; definitions.containsKey(name); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }

    private Map<String, Object> object(JavaType type, boolean tagged) {
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        if (tagged) {
            properties.put(SealedTypes.FIELD, Map.of("const", type.getRawClass().getSimpleName()));
            required.add(SealedTypes.FIELD);
        }
        for (BeanPropertyDefinition property : description(type).findProperties()) {
            if (direction == Direction.IN ? property.couldDeserialize() : property.couldSerialize()) {
                JavaType of = property.getPrimaryType();
                properties.put(property.getName(), nullable(of));
                if (direction == Direction.OUT || of.isPrimitive()) {
                    required.add(property.getName());
                }
            }
        }
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", "object");
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    private BeanDescription description(JavaType type) {
        return direction == Direction.IN
                ? json.getDeserializationConfig().introspect(type)
                : json.getSerializationConfig().introspect(type);
    }
}
