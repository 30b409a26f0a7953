package dev.workerpool.worker.pool;

/** Whoever submitted a run. */
@FunctionalInterface
public interface RunObserver {
    /**
     * The run is over. Called exactly once, on whichever thread ended it (a worker thread, the watchdog or a canceller),
     * so it must hand over and return at once.
     */
    void completed(Run run, Outcome outcome);
}
