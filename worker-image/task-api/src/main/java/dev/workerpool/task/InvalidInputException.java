package dev.workerpool.task;

/**
 * The input breaks a rule. Thrown by {@link Task#run} or by the constructor of an input record, it answers the call with
 * 400 and names field and rule, as in {@code new InvalidInputException("n", "must be between 0 and 1000")}.
 */
public final class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String rule;

    /**
     * @param field null for the whole {@code body}
     * @param rule what it has to be; null when there is no more to say than that it is not
     */
    public InvalidInputException(String field, String rule) {
        this.field = field == null ? "body" : field;
        this.rule = rule == null ? "is not valid" : rule;
    }

    @Override
    public String getMessage() {
        return field + ": " + rule;
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
