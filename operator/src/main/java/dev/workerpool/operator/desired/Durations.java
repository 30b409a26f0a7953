package dev.workerpool.operator.desired;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as a WorkerPool writes them: a whole number with one unit, such as {@code 500ms}, {@code 10s}, {@code 1h}. */
public final class Durations {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,8})(ms|s|m|h)");

    private Durations() {}

    /** @throws IllegalArgumentException when the text has another form, which the schema does not let through */
    public static Duration parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("not a whole number with one unit (ms, s, m or h): " + text);
        }
        long number = Long.parseLong(form.group(1));
        return switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }
}
