package dev.workerpool.worker.task;

/** A jar that cannot be used, and why, in words for whoever made it. */
final class TaskLoadException extends Exception {
    private static final long serialVersionUID = 1L;

    TaskLoadException(String reason) {
        super(reason);
    }

    TaskLoadException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
