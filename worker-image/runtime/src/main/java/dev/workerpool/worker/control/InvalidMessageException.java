package dev.workerpool.worker.control;

import java.util.List;
import java.util.stream.Collectors;

/** The body of a control message that cannot be used: all that is wrong with it at once. */
public final class InvalidMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param rule readable after the field's name */
    public record Violation(String field, String rule) {}

    private final transient List<Violation> violations;

    InvalidMessageException(List<Violation> violations) {
        super(
                violations.stream()
                        .map(violation -> violation.field() + " " + violation.rule())
                        .collect(Collectors.joining("; ")),
                null,
                false,
                false);
        this.violations = List.copyOf(violations);
    }

    public List<Violation> violations() {
        return violations;
    }
}
