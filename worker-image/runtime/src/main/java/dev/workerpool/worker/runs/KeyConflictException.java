package dev.workerpool.worker.runs;

/** The key names a run of another task or with another input. Without a stack trace: the caller's mistake. */
public final class KeyConflictException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String runId;

    KeyConflictException(String runId) {
        super("The key names the run " + runId, null, false, false);
        this.runId = runId;
    }

    public String runId() {
        return runId;
    }
}
