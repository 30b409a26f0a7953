package dev.workerpool.worker.pool;

/** Takes down the runs that are part of a distributed trace. */
@FunctionalInterface
public interface RunTracer {
    /** For a worker that traces nothing. */
    RunTracer OFF = (context, state) -> null;

    /**
     * @param context the caller's, as in the header {@code traceparent}; null when there is none
     * @param state as in the header {@code tracestate}; null when there is none
     * @return who wants to hear of the end of the run; null when it is not to be traced
     */
    RunTrace trace(String context, String state);

    /** One run. */
    @FunctionalInterface
    interface RunTrace {
        /** Told once, on whichever thread ended it. */
        void completed(Run run, String outcome);
    }
}
