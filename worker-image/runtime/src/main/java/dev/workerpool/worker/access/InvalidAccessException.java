package dev.workerpool.worker.access;

/** The message names the file and what is wrong with it, and nothing of what is in it. */
public final class InvalidAccessException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidAccessException(String message) {
        super(message);
    }

    InvalidAccessException(String message, Exception cause) {
        super(message, cause);
    }
}
