package dev.workerpool.mapping;

/** A task class whose input or output cannot travel, and why, in words for whoever wrote it. */
public final class UnmappableTaskException extends Exception {
    private static final long serialVersionUID = 1L;

    UnmappableTaskException(String reason) {
        super(reason);
    }
}
