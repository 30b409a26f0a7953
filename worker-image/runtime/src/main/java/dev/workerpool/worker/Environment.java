package dev.workerpool.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads typed values from environment variables and collects what is wrong with them. Durations and quantities are written
 * as in the WorkerPool resource, whose fields become these variables.
 */
final class Environment {
    private static final Pattern DURATION = Pattern.compile("(0|[1-9][0-9]{0,9})(ms|s|m|h)");
    private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,15})(|k|M|G|T|Ki|Mi|Gi|Ti)");
    private static final Map<String, Long> FACTORS = Map.of(
            "",
            1L,
            "k",
            1_000L,
            "M",
            1_000_000L,
            "G",
            1_000_000_000L,
            "T",
            1_000_000_000_000L,
            "Ki",
            1L << 10,
            "Mi",
            1L << 20,
            "Gi",
            1L << 30,
            "Ti",
            1L << 40);

    private final Map<String, String> variables;
    private final List<String> problems = new ArrayList<>();

    Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    String text(String name, String otherwise) {
        String value = variables.get(name);
        return value == null || value.isBlank() ? otherwise : value.strip();
    }

    int number(String name, int otherwise, int min, int max) {
        return read(name, otherwise, "must be a whole number from " + min + " to " + max, value -> {
            long number = Long.parseLong(value);
            return number < min || number > max ? null : (int) number;
        });
    }

    Duration duration(String name, String otherwise, String min, String max) {
        String rule = "must be a duration from " + min + " to " + max + ", such as 500ms, 10s, 5m or 1h";
        return read(name, parseDuration(otherwise), rule, value -> {
            Duration duration = parseDuration(value);
            boolean fits = duration != null
                    && duration.compareTo(parseDuration(min)) >= 0
                    && duration.compareTo(parseDuration(max)) <= 0;
            return fits ? duration : null;
        });
    }

    long quantity(String name, String otherwise, String min, String max) {
        String rule = "must be a number of bytes from " + min + " to " + max + ", such as 512Ki or 64Mi";
        return read(name, parseQuantity(otherwise), rule, value -> {
            Long quantity = parseQuantity(value);
            return quantity == null || quantity < parseQuantity(min) || quantity > parseQuantity(max) ? null : quantity;
        });
    }

    <E extends Enum<E>> E choice(String name, Map<String, E> choices, E otherwise) {
        String[] names = choices.keySet().toArray(String[]::new);
        Arrays.sort(names);
        return read(name, otherwise, "must be " + String.join(" or ", names), choices::get);
    }

    /** @param parse gives null, or throws an IllegalArgumentException, for what breaks the rule */
    <T> T read(String name, T otherwise, String rule, Function<String, T> parse) {
        String value = text(name, null);
        if (value == null) {
            return otherwise;
        }
        T parsed;
        try {
            parsed = parse.apply(value);
        } catch (IllegalArgumentException e) {
            parsed = null;
        }
        if (parsed == null) {
            problems.add(name + " " + rule + ", but is '" + value + "'");
            return otherwise;
        }
        return parsed;
    }

    void throwIfInvalid() throws InvalidSettingsException {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }

    private static Duration parseDuration(String value) {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            return null;
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static Long parseQuantity(String value) {
        Matcher matcher = QUANTITY.matcher(value);
        try {
            return matcher.matches()
                    ? Math.multiplyExact(Long.parseLong(matcher.group(1)), FACTORS.get(matcher.group(2)))
                    : null;
        } catch (ArithmeticException tooLarge) {
            return null;
        }
    }
}
