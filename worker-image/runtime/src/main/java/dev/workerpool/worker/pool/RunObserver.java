package dev.workerpool.worker.pool;

import dev.workerpool.mapping.GatheredResult;
import dev.workerpool.mapping.ResultStream;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Whoever submitted a run. */
@FunctionalInterface
public interface RunObserver {
    /**
     * The run was handed to a thread that sleeps, which is to be woken, at once or when whoever submits has submitted what
     * it has. Called at most once, on the thread that submits.
     */
    default void wake(Thread thread) {
        LockSupport.unpark(thread);
    }

    /** Task code is about to run. Called at most once, on the worker thread, which waits for it. */
    default void starting() {}

    /**
     * The run is over. Called exactly once, on whichever thread ended it (a worker thread, the watchdog or a canceller),
     * so it must hand over and return at once.
     */
    void completed(Run run, Outcome outcome);

    /**
     * The run has a result that streams. Called at most once, on the worker thread, before the first byte. Who does not
     * send it on has it gathered: it is then the content of the outcome.
     *
     * @throws IOException when nobody wants it any more
     */
    default ResultStream streams(Run run, String mediaType) throws IOException {
        return new GatheredResult(mediaType, GatheredResult.MAX);
    }
}
