package dev.workerpool.mapping;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.deser.std.PrimitiveArrayDeserializers;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;

/**
 * Numbers that Jackson by itself reads too kindly: it takes {@code 1e999} for infinity, the string {@code "NaN"} for a number
 * and 200 for a byte, a string of Base64 for an array of any of them, and an array of numbers for bytes.
 */
final class StrictNumbers {
    private StrictNumbers() {}

    /** @return null when it is none of those */
    static JsonDeserializer<?> scalar(Class<?> type) {
        if (type == double.class || type == Double.class) {
            return new Doubles(type == double.class ? double.class : Double.class);
        }
        if (type == float.class || type == Float.class) {
            return new Floats(type == float.class ? float.class : Float.class);
        }
        if (type == byte.class || type == Byte.class) {
            return new Bytes(type == byte.class ? byte.class : Byte.class);
        }
        return null;
    }

    /** @return null when it is none of those */
    static JsonDeserializer<?> array(Class<?> component) {
        if (component == byte.class) {
            return new Base64();
        }
        return component == double.class || component == float.class ? new Array(component) : null;
    }

    private static void mustBeNumber(JsonParser in, DeserializationContext context, Class<?> type) throws IOException {
        if (!in.currentToken().isNumeric()) {
            context.handleUnexpectedToken(type, in);
        }
    }

    private static final class Doubles extends NumberDeserializers.DoubleDeserializer {
        private static final long serialVersionUID = 1L;

        Doubles(Class<Double> type) {
            super(type, type.isPrimitive() ? 0.0 : null);
        }

        @Override
        public Double deserialize(JsonParser in, DeserializationContext context) throws IOException {
            mustBeNumber(in, context, _valueClass);
            double value = in.getDoubleValue();
            return Double.isFinite(value)
                    ? Double.valueOf(value)
                    : (Double) context.handleWeirdNumberValue(_valueClass, value, "is too large");
        }
    }

    private static final class Floats extends NumberDeserializers.FloatDeserializer {
        private static final long serialVersionUID = 1L;

        Floats(Class<Float> type) {
            super(type, type.isPrimitive() ? 0.0f : null);
        }

        @Override
        public Float deserialize(JsonParser in, DeserializationContext context) throws IOException {
            mustBeNumber(in, context, _valueClass);
            float value = in.getFloatValue();
            return Float.isFinite(value)
                    ? Float.valueOf(value)
                    : (Float) context.handleWeirdNumberValue(_valueClass, value, "is too large");
        }
    }

    private static final class Bytes extends NumberDeserializers.ByteDeserializer {
        private static final long serialVersionUID = 1L;

        Bytes(Class<Byte> type) {
            super(type, type.isPrimitive() ? (byte) 0 : null);
        }

        @Override
        public Byte deserialize(JsonParser in, DeserializationContext context) throws IOException {
            mustBeNumber(in, context, _valueClass);
            Number value = in.getNumberValue();
            return value instanceof Integer number && number == number.byteValue()
                    ? Byte.valueOf(number.byteValue())
                    : (Byte) context.handleWeirdNumberValue(_valueClass, value, "is too large");
        }
    }

    /** In the one form that the schema tells, in which bytes are written, too. */
    private static final class Base64 extends StdDeserializer<Object> {
        private static final long serialVersionUID = 1L;

        private final transient JsonDeserializer<?> reader = PrimitiveArrayDeserializers.forType(byte.class);

        Base64() {
            super(byte[].class);
        }

        @Override
        public Object deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return in.hasToken(JsonToken.VALUE_STRING)
                    ? reader.deserialize(in, context)
                    : context.handleUnexpectedToken(_valueClass, in);
        }
    }

    /** Looks through the array once more: Jackson's own reader of it is a tight loop that has no place for a check. */
    private static final class Array extends StdDeserializer<Object> {
        private static final long serialVersionUID = 1L;

        private final transient JsonDeserializer<?> reader;

        Array(Class<?> component) {
            super(component.arrayType());
            reader = PrimitiveArrayDeserializers.forType(component);
        }

        @Override
        public Object deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (!in.isExpectedStartArrayToken()) {
                return context.handleUnexpectedToken(_valueClass, in);
            }
            Object array = reader.deserialize(in, context);
            int length = java.lang.reflect.Array.getLength(array);
            for (int i = 0; i < length; i++) {
                double value = array instanceof double[] doubles ? doubles[i] : ((float[]) array)[i];
                if (!Double.isFinite(value)) {
                    refuse(context, value, array, i);
                }
            }
            return array;
        }

        private void refuse(DeserializationContext context, double value, Object array, int index)
                throws JsonMappingException {
            try {
                context.handleWeirdNumberValue(_valueClass.getComponentType(), value, "is not a number");
            } catch (IOException e) {
                throw JsonMappingException.wrapWithPath(e, array, index);
            }
        }
    }
}
