package dev.workerpool.worker.task;

/** Unwinds a thread whose task called {@code System.exit}. An Error, so that fewer handlers swallow it. */
public final class ThreadExit extends Error {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    ThreadExit(int exitCode) {
        super("Worker stopped with exit code " + exitCode, null, false, false);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
