package dev.workerpool.mapping;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.Period;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The JSON of what is one value: numbers, strings, booleans, enums. */
final class ValueSchemas {
    private static final Map<String, Object> NUMBER = Map.of("type", "number");
    private static final Map<String, Object> BOOLEAN = Map.of("type", "boolean");
    private static final Map<String, Object> STRING = Map.of("type", "string");
    private static final Map<String, Object> CHARACTER = schema("type", "string", "minLength", 1, "maxLength", 1);

    private static final Map<Class<?>, Map<String, Object>> VALUES = Map.ofEntries(
            Map.entry(byte.class, whole(Byte.MIN_VALUE, Byte.MAX_VALUE)),
            Map.entry(Byte.class, whole(Byte.MIN_VALUE, Byte.MAX_VALUE)),
            Map.entry(short.class, whole(Short.MIN_VALUE, Short.MAX_VALUE)),
            Map.entry(Short.class, whole(Short.MIN_VALUE, Short.MAX_VALUE)),
            Map.entry(int.class, whole(Integer.MIN_VALUE, Integer.MAX_VALUE)),
            Map.entry(Integer.class, whole(Integer.MIN_VALUE, Integer.MAX_VALUE)),
            Map.entry(long.class, whole(Long.MIN_VALUE, Long.MAX_VALUE)),
            Map.entry(Long.class, whole(Long.MIN_VALUE, Long.MAX_VALUE)),
            Map.entry(BigInteger.class, Map.of("type", "integer")),
            Map.entry(float.class, format("number", "float")),
            Map.entry(Float.class, format("number", "float")),
            Map.entry(double.class, format("number", "double")),
            Map.entry(Double.class, format("number", "double")),
            Map.entry(BigDecimal.class, NUMBER),
            Map.entry(Number.class, NUMBER),
            Map.entry(boolean.class, BOOLEAN),
            Map.entry(Boolean.class, BOOLEAN),
            Map.entry(char.class, CHARACTER),
            Map.entry(Character.class, CHARACTER),
            Map.entry(String.class, STRING),
            Map.entry(CharSequence.class, STRING),
            Map.entry(byte[].class, schema("type", "string", "contentEncoding", "base64")),
            Map.entry(UUID.class, format("string", "uuid")),
            Map.entry(Instant.class, format("string", "date-time")),
            Map.entry(OffsetDateTime.class, format("string", "date-time")),
            Map.entry(LocalDate.class, format("string", "date")),
            Map.entry(Duration.class, format("string", "duration")),
            Map.entry(Period.class, format("string", "duration")));

    private ValueSchemas() {}

    /** In this order, so that the same types make the same document, byte for byte. */
    static Map<String, Object> schema(String key, Object value, Object... more) {
        var schema = new LinkedHashMap<String, Object>();
        schema.put(key, value);
        for (int i = 0; i < more.length; i += 2) {
            schema.put((String) more[i], more[i + 1]);
        }
        return schema;
    }

    private static Map<String, Object> whole(long min, long max) {
        return schema("type", "integer", "minimum", min, "maximum", max);
    }

    private static Map<String, Object> format(String type, String format) {
        return schema("type", type, "format", format);
    }

    /** @return null when it is more than a value */
    static Map<String, Object> of(Class<?> type) {
        Map<String, Object> known = VALUES.get(type);
        if (known != null) {
            return known;
        }
        if (ValueTypes.isTemporal(type)) {
            return STRING;
        }
        if (type.isEnum()) {
            var names = Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name())
                    .toList();
            return schema("type", "string", "enum", names);
        }
        return null;
    }
}
