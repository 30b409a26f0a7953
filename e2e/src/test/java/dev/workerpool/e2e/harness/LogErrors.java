package dev.workerpool.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The errors in the operator's and the workers' logs since a moment. Neither may log one: what a user does wrong and
 * what a task does wrong are told to the user, and are at most a warning in the log.
 */
final class LogErrors {
    /** By level. A stack trace below a warning is the task's, for its author. */
    private static final Pattern ERROR = Pattern.compile("\\b(ERROR|FATAL|SEVERE)\\b|^Exception in thread");

    private final Logs logs;
    private final Map<Path, Integer> linesBefore = new HashMap<>();

    private LogErrors(Logs logs) {
        this.logs = logs;
    }

    static LogErrors from(Logs logs) {
        LogErrors now = new LogErrors(logs);
        logs.files(Operator.NAMESPACE)
                .forEach(file -> now.linesBefore.put(file, lines(file).size()));
        return now;
    }

    void assertNoneSince(String namespace, Set<String> expected) {
        assertThat(Stream.concat(logs.files(Operator.NAMESPACE).stream(), logs.files(namespace).stream())
                        .flatMap(this::errors)
                        .filter(line -> expected.stream().noneMatch(line::contains)))
                .as("errors in the logs of the operator and of the workers in " + namespace)
                .isEmpty();
    }

    private Stream<String> errors(Path file) {
        return lines(file).stream()
                .skip(linesBefore.getOrDefault(file, 0))
                .filter(line -> ERROR.matcher(line).find())
                .map(line -> file.getFileName() + ": " + line);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
