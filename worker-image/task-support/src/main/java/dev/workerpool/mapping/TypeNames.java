package dev.workerpool.mapping;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** What a caller has to give for a Java type, in words. */
final class TypeNames {
    private static final Map<Class<?>, String> NAMES = Map.ofEntries(
            Map.entry(byte.class, "a whole number of 8 bits"),
            Map.entry(Byte.class, "a whole number of 8 bits"),
            Map.entry(short.class, "a whole number of 16 bits"),
            Map.entry(Short.class, "a whole number of 16 bits"),
            Map.entry(int.class, "a whole number of 32 bits"),
            Map.entry(Integer.class, "a whole number of 32 bits"),
            Map.entry(long.class, "a whole number of 64 bits"),
            Map.entry(Long.class, "a whole number of 64 bits"),
            Map.entry(BigInteger.class, "a whole number"),
            Map.entry(float.class, "a number of single precision"),
            Map.entry(Float.class, "a number of single precision"),
            Map.entry(double.class, "a number of double precision"),
            Map.entry(Double.class, "a number of double precision"),
            Map.entry(BigDecimal.class, "a number"),
            Map.entry(boolean.class, "true or false"),
            Map.entry(Boolean.class, "true or false"),
            Map.entry(char.class, "a string of one character"),
            Map.entry(Character.class, "a string of one character"),
            Map.entry(String.class, "a string"),
            Map.entry(byte[].class, "a string of Base64"),
            Map.entry(UUID.class, "a string that is a UUID"));

    private TypeNames() {}

    static String of(Class<?> type) {
        String name = NAMES.get(type);
        if (name != null) {
            return name;
        }
        if (type.isEnum()) {
            // By their names: toString is the task's, and not what JSON has.
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name())
                    .collect(Collectors.joining(", ", "one of [", "]"));
        }
        if (ValueTypes.isTemporal(type)) {
            return "a string that is a " + type.getSimpleName() + " of ISO-8601";
        }
        return Collection.class.isAssignableFrom(type) || type.isArray() ? "an array" : "an object";
    }
}
