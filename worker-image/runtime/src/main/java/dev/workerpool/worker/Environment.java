package dev.workerpool.worker;

import dev.workerpool.worker.control.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads typed values from environment variables and collects what is wrong with them. Durations and quantities are written
 * as in the WorkerPool resource, whose fields become these variables.
 */
final class Environment {
    /** So many letters wrong, and a name is still meant to be the other one. */
    private static final int SLIPS = 3;

    private final Map<String, String> variables;
    private final List<String> problems = new ArrayList<>();

    /** By name. */
    private final Set<String> known = new TreeSet<>();

    Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    String text(String name, String otherwise) {
        known.add(name);
        String value = variables.get(name);
        return value == null || value.isBlank() ? otherwise : value.strip();
    }

    /** As it is; empty when it is not set. */
    String raw(String name) {
        return variables.getOrDefault(name, "");
    }

    boolean isSet(String name) {
        return text(name, null) != null;
    }

    /** These are settings, also where others make that they are not read. */
    void knows(String... names) {
        known.addAll(List.of(names));
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

    /**
     * Variables that look like settings and are none, once all have been read. Not those that Kubernetes makes of Services,
     * which may be called as we are.
     *
     * @return a sentence for each
     */
    List<String> unknown(String prefix) {
        return variables.keySet().stream()
                .filter(name -> name.startsWith(prefix) && !known.contains(name) && !ofAService(name))
                .sorted()
                .map(name -> name + " is no setting of a worker and changes nothing" + nearest(name))
                .toList();
    }

    private boolean ofAService(String name) {
        int service = name.indexOf("_SERVICE_");
        int port = name.indexOf("_PORT");
        return service > 0 && variables.containsKey(name.substring(0, service) + "_SERVICE_HOST")
                || port > 0 && variables.containsKey(name.substring(0, port) + "_SERVICE_HOST");
    }

    private String nearest(String name) {
        return known.stream()
                .filter(one -> distance(one, name) <= SLIPS)
                .min(Comparator.comparingInt(one -> distance(one, name)))
                .map(one -> "; did you mean " + one + "?")
                .orElse("");
    }

    /** Letters to change, leave out or put in. */
    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        Arrays.setAll(above, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }

    void throwIfInvalid() throws InvalidSettingsException {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }
}
