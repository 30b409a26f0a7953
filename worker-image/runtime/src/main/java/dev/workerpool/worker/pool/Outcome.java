package dev.workerpool.worker.pool;

import dev.workerpool.mapping.InvalidTaskInputException.FieldError;
import dev.workerpool.task.Content;
import java.time.Duration;
import java.util.List;

/** How a run ended. Every admitted run gets exactly one. */
public sealed interface Outcome {
    /** @param content null when the task gives nothing */
    record Succeeded(Content content) implements Outcome {
        /** What is left of it in a run that has told it. */
        static final Succeeded FORGOTTEN = new Succeeded(null);
    }

    record InvalidInput(List<FieldError> errors) implements Outcome {}

    /** The task threw. */
    record Failed(String exceptionType, String message) implements Outcome {
        private static final int MAX_MESSAGE = 4096;

        /** Reads the exception here, on the worker thread: its methods are task code. */
        static Failed of(Throwable thrown) {
            String message;
            try {
                message = message(thrown);
            } catch (Throwable e) {
                message = "(its message cannot be read: " + e.getClass().getName() + ")";
            }
            if (message != null && message.length() > MAX_MESSAGE) {
                message = message.substring(0, MAX_MESSAGE) + "…";
            }
            return new Failed(thrown.getClass().getName(), message);
        }

        /** Of a static initialiser's failure the JVM itself says nothing but what caused it. */
        private static String message(Throwable thrown) {
            String message = thrown.getMessage();
            Throwable cause = thrown instanceof ExceptionInInitializerError ? thrown.getCause() : null;
            if (message != null || cause == null) {
                return message;
            }
            String why = cause.getMessage();
            return "A static initialiser failed: " + cause.getClass().getName() + (why == null ? "" : ": " + why);
        }
    }

    /** The task called {@code System.exit}. */
    record Stopped(int exitCode) implements Outcome {}

    /** @param asked whether it was the caller's own limit, and not the pool's */
    record TimedOut(Duration timeout, boolean asked) implements Outcome {}

    /** @param budget in bytes */
    record AllocationExceeded(long budget) implements Outcome {}

    /** No thread became free in time. */
    record WaitExceeded(Duration maxWait) implements Outcome {}

    /** While it waited, its task type came to be refused. @param left until it is let in again */
    record Refused(Duration left) implements Outcome {}

    /** Whoever submitted the run no longer wants it. */
    record Cancelled() implements Outcome {}

    /** The worker had to exit before the run was through. */
    record Drained() implements Outcome {}
}
