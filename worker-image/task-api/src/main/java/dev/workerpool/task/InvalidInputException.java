package dev.workerpool.task;

/**
 * The input breaks a rule. Thrown by {@link Task#run} or by the constructor of an input record, it answers the call with
 * 400 and names field and rule, as in {@code new InvalidInputException("n", "must be between 0 and 1000")}.
 */
public final class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String rule;

    public InvalidInputException(String field, String rule) {
        super(field + ": " + rule);
        this.field = field;
        this.rule = rule;
    }

    /** The field of the input, or the query parameter, or {@code body}. */
    public String field() {
        return field;
    }

    /** What it has to be, readable after the field's name: {@code must be positive}. */
    public String rule() {
        return rule;
    }
}
