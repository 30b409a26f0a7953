package dev.workerpool.worker.pool;

/** The worker finishes what it accepted and takes nothing new. */
public final class DrainingException extends RunRejectedException {
    private static final long serialVersionUID = 1L;

    public DrainingException() {
        super("This replica drains");
    }
}
