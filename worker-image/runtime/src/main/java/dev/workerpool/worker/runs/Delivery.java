package dev.workerpool.worker.runs;

/** What became of a message to a run. */
public enum Delivery {
    ACCEPTED,
    /** The run has not taken those before it. */
    FULL,
    /** The run is over. */
    CLOSED
}
