package dev.workerpool.mapping;

import java.util.List;

/** The input could not be made from the body, or the task refused it. */
public final class InvalidTaskInputException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<FieldError> errors;

    InvalidTaskInputException(String field, String rule) {
        // Without a stack trace: the caller's mistake, not ours, and cheap to make by the thousand.
        super(field + ": " + rule, null, false, false);
        this.errors = List.of(new FieldError(field, rule));
    }

    public List<FieldError> errors() {
        return errors;
    }

    /** A field of the input and the rule it breaks. */
    public record FieldError(String field, String rule) {}
}
