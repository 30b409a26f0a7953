package dev.workerpool.worker.runs;

/** What has a result that is there once, however many read it. Told by its identity. Thread-safe. */
public interface KeptResult {
    /** Does the store keep it, and count its memory? */
    boolean isKept();
}
