package dev.workerpool.mapping;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.deser.KeyDeserializers;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;

/** Keys of maps that Jackson by itself reads too kindly: 200 for a byte, {@code NaN} for a number. */
final class StrictKeys implements KeyDeserializers {
    @Override
    public KeyDeserializer findKeyDeserializer(JavaType type, DeserializationConfig config, BeanDescription bean) {
        Class<?> raw = type.getRawClass();
        if (raw == Byte.class) {
            return new Reader(raw, Byte::valueOf);
        }
        if (raw == Float.class) {
            return new Reader(raw, key -> finite(Float.valueOf(key)));
        }
        return raw == Double.class ? new Reader(raw, key -> finite(Double.valueOf(key))) : null;
    }

    private static Number finite(Number value) {
        if (!Double.isFinite(value.doubleValue())) {
            throw new NumberFormatException();
        }
        return value;
    }

    private static final class Reader extends KeyDeserializer {
        private final Class<?> type;
        private final Function<String, Object> parser;

        Reader(Class<?> type, Function<String, Object> parser) {
            this.type = type;
            this.parser = parser;
        }

        @Override
        public Object deserializeKey(String key, DeserializationContext context) throws IOException {
            try {
                return parser.apply(key);
            } catch (NumberFormatException e) {
                return refuse(key, context);
            }
        }

        /** The path to a value ends in its key; that to a key would end before it. */
        private Object refuse(String key, DeserializationContext context) throws IOException {
            try {
                return context.handleWeirdKey(type, key, "is not such a number");
            } catch (JsonMappingException e) {
                throw JsonMappingException.wrapWithPath(e, Map.class, key);
            }
        }
    }
}
