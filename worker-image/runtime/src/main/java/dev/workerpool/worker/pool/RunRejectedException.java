package dev.workerpool.worker.pool;

/** A run that was not admitted. Without a stack trace: under overload these are made by the thousand. */
public abstract sealed class RunRejectedException extends Exception permits QueueFullException, DrainingException {
    private static final long serialVersionUID = 1L;

    RunRejectedException(String message) {
        super(message, null, false, false);
    }
}
