package dev.workerpool.worker.runs;

import dev.workerpool.worker.pool.Outcome;

/** Where a run is in its life. */
public enum RunState {
    QUEUED("Queued"),
    ACTIVE("Active"),
    SUCCEEDED("Succeeded"),
    FAILED("Failed"),
    CANCELLED("Cancelled");

    private final String text;

    RunState(String text) {
        this.text = text;
    }

    static RunState of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Succeeded succeeded -> SUCCEEDED;
            case Outcome.Cancelled cancelled -> CANCELLED;
            default -> FAILED;
        };
    }

    /** As in answers. */
    public String text() {
        return text;
    }
}
