package dev.workerpool.tasks;

import dev.workerpool.task.InvalidInputException;

/** The rules that keep every built-in task finite. */
final class Bounds {
    private Bounds() {}

    static int between(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw new InvalidInputException(field, "must be between " + min + " and " + max);
        }
        return value;
    }

    static double between(String field, double value, double min, double max) {
        // Also refuses NaN, which compares false with everything.
        if (!(value >= min && value <= max)) {
            throw new InvalidInputException(field, "must be between " + min + " and " + max);
        }
        return value;
    }
}
