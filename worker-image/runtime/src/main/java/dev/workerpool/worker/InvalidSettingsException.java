package dev.workerpool.worker;

import java.util.List;

/** Environment variables that cannot be used: all of them at once, so that they can be put right at once. */
final class InvalidSettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    InvalidSettingsException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** Each names the variable and the rule. */
    List<String> problems() {
        return problems;
    }
}
