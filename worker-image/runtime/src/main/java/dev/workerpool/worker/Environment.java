package dev.workerpool.worker;

import dev.workerpool.worker.control.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Reads typed values from environment variables and collects what is wrong with them. Durations and quantities are written
 * as in the WorkerPool resource, whose fields become these variables.
 */
final class Environment {
    private final Map<String, String> variables;
    private final List<String> problems = new ArrayList<>();

    Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    String text(String name, String otherwise) {
        String value = variables.get(name);
        return value == null || value.isBlank() ? otherwise : value.strip();
    }

    /** As it is; empty when it is not set. */
    String raw(String name) {
        return variables.getOrDefault(name, "");
    }

    String required(String name, String rule) {
        String value = text(name, "");
        if (value.isEmpty()) {
            problems.add(name + " " + rule);
        }
        return value;
    }

    int number(String name, int otherwise, int min, int max) {
        return read(name, (long) otherwise, Rule.number(min, max)).intValue();
    }

    Duration duration(String name, String otherwise, String min, String max) {
        return read(name, otherwise, Rule.duration(min, max));
    }

    /** @param otherwise keeps the rule */
    <T> T read(String name, String otherwise, Rule<T> rule) {
        return read(name, rule.read(otherwise), rule);
    }

    <E extends Enum<E>> E choice(String name, Map<String, E> choices, E otherwise) {
        String[] names = choices.keySet().toArray(String[]::new);
        Arrays.sort(names);
        return read(name, otherwise, new Rule<>("must be " + String.join(" or ", names), choices::get));
    }

    <T> T read(String name, T otherwise, Rule<T> rule) {
        String value = text(name, null);
        if (value == null) {
            return otherwise;
        }
        T parsed = rule.read(value);
        if (parsed == null) {
            problems.add(name + " " + rule.text() + ", but is '" + value + "'");
            return otherwise;
        }
        return parsed;
    }

    void throwIfInvalid() throws InvalidSettingsException {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }
}
