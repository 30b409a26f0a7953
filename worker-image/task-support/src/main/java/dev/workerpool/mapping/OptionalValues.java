package dev.workerpool.mapping;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** {@code Optional} and its kin travel as their value; empty as {@code null}, and absent is empty. */
final class OptionalValues {
    private OptionalValues() {}

    static boolean isOptional(Class<?> type) {
        return type == Optional.class
                || type == OptionalInt.class
                || type == OptionalLong.class
                || type == OptionalDouble.class;
    }

    /** What is in it, if something is. */
    static JavaType content(JavaType optional) {
        Class<?> type = optional.getRawClass();
        if (type == Optional.class) {
            return optional.containedTypeOrUnknown(0);
        }
        Class<?> number =
                type == OptionalInt.class ? Integer.class : type == OptionalLong.class ? Long.class : Double.class;
        return TypeFactory.defaultInstance().constructType(number);
    }

    /** @param value null for none */
    private static Object optional(Class<?> type, Object value) {
        if (type == Optional.class) {
            return Optional.ofNullable(value);
        }
        if (type == OptionalInt.class) {
            return value == null ? OptionalInt.empty() : OptionalInt.of((Integer) value);
        }
        if (type == OptionalLong.class) {
            return value == null ? OptionalLong.empty() : OptionalLong.of((Long) value);
        }
        return value == null ? OptionalDouble.empty() : OptionalDouble.of((Double) value);
    }

    private static Object value(Object optional) {
        return switch (optional) {
            case Optional<?> any -> any.orElse(null);
            case OptionalInt number -> number.isPresent() ? number.getAsInt() : null;
            case OptionalLong number -> number.isPresent() ? number.getAsLong() : null;
            case OptionalDouble number -> number.isPresent() ? number.getAsDouble() : null;
            default -> throw new IllegalArgumentException(optional.getClass().getName());
        };
    }

    static JsonDeserializer<?> reader(JavaType type) {
        return new Reader(type, null);
    }

    static JsonSerializer<?> writer(JavaType type) {
        return new Writer(content(type));
    }

    private static final class Reader extends JsonDeserializer<Object> implements ContextualDeserializer {
        private final JavaType type;
        private final JsonDeserializer<Object> content;

        Reader(JavaType type, JsonDeserializer<Object> content) {
            this.type = type;
            this.content = content;
        }

        /** As if it stood alone, which is how one of a sealed type says which it is. */
        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, BeanProperty property)
                throws JsonMappingException {
            return new Reader(type, context.findRootValueDeserializer(content(type)));
        }

        @Override
        public Object deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return optional(type.getRawClass(), content.deserialize(in, context));
        }

        @Override
        public Object getNullValue(DeserializationContext context) {
            return optional(type.getRawClass(), null);
        }

        @Override
        public Object getAbsentValue(DeserializationContext context) {
            return getNullValue(context);
        }
    }

    private static final class Writer extends JsonSerializer<Object> {
        private final JavaType declared;

        Writer(JavaType declared) {
            this.declared = declared;
        }

        @Override
        public void serialize(Object optional, JsonGenerator out, SerializerProvider provider) throws IOException {
            Object value = value(optional);
            if (value == null) {
                provider.defaultSerializeNull(out);
                return;
            }
            JavaType type = provider.constructSpecializedType(declared, value.getClass());
            JsonSerializer<Object> writer = provider.findValueSerializer(type, null);
            TypeSerializer tag = provider.findTypeSerializer(declared);
            if (tag == null) {
                writer.serialize(value, out, provider);
            } else {
                writer.serializeWithType(value, out, provider, tag);
            }
        }
    }
}
