package dev.workerpool.task.test;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How a call over HTTP would have been answered.
 *
 * @param status 200 with a result; 204 when the task gave null; 400 when the input breaks a rule, which {@code errors} tell;
 *     422 when the task threw, which {@code thrown} is
 * @param mediaType of the result, else null
 * @param bytes the result, else empty
 * @param errors of the input, else empty
 * @param thrown by the task, else null
 */
public record TaskAnswer(int status, String mediaType, byte[] bytes, List<FieldError> errors, Throwable thrown) {
    /**
     * @param field the path to it, such as {@code parts[1].size}; or {@code body}
     * @param rule what it has to be, such as {@code must be positive}
     */
    public record FieldError(String field, String rule) {}

    /** The result as text, such as the JSON it is. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
