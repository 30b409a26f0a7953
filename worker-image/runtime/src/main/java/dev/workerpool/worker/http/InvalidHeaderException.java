package dev.workerpool.worker.http;

import dev.workerpool.mapping.InvalidTaskInputException.FieldError;
import java.util.List;
import java.util.Map;

/** A header of the request breaks a rule. Without a stack trace: the caller's mistake. */
final class InvalidHeaderException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String header;
    private final String rule;

    InvalidHeaderException(String header, String rule) {
        super(header + " " + rule, null, false, false);
        this.header = header;
        this.rule = rule;
    }

    Response problem() {
        return Problem.MALFORMED_INPUT.because(getMessage(), Map.of("errors", List.of(new FieldError(header, rule))));
    }
}
