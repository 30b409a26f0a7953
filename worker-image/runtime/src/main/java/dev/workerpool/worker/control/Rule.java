package dev.workerpool.worker.control;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the value of a setting has to be. Durations and quantities are written as in the WorkerPool resource.
 *
 * @param text readable after the name of the setting: {@code must be a whole number from 1 to 512}
 * @param parse gives null, or throws an IllegalArgumentException, for what breaks the rule
 */
public record Rule<T>(String text, Function<String, T> parse) {
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

    public static Rule<Long> number(long min, long max) {
        return new Rule<>("must be a whole number from " + min + " to " + max, value -> {
            long number = Long.parseLong(value);
            return number < min || number > max ? null : number;
        });
    }

    public static Rule<Duration> duration(String min, String max) {
        Duration least = parseDuration(min);
        Duration most = parseDuration(max);
        String text = "must be a duration from " + min + " to " + max + ", such as 500ms, 10s, 5m or 1h";
        return new Rule<>(text, value -> {
            Duration duration = parseDuration(value);
            boolean fits = duration != null && duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0;
            return fits ? duration : null;
        });
    }

    /** A number of bytes. */
    public static Rule<Long> quantity(String min, String max) {
        long least = parseQuantity(min);
        long most = parseQuantity(max);
        String text = "must be a number of bytes from " + min + " to " + max + ", such as 512Ki or 64Mi";
        return new Rule<>(text, value -> {
            Long quantity = parseQuantity(value);
            return quantity == null || quantity < least || quantity > most ? null : quantity;
        });
    }

    /** @return null when the value breaks the rule */
    public T read(String value) {
        try {
            return parse.apply(value);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** A duration in the form in which it is read, in the largest unit that fits. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
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
