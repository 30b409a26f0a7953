package dev.workerpool.task;

import java.time.Duration;
import java.util.Map;

/** What a run knows about itself. Good for the time of {@link Task#run} only; safe to use from the threads a task starts. */
public interface TaskContext {
    /** Names this run; unique in the pool. */
    String runId();

    /** The replica, that is the pod, this run is on. */
    String replica();

    /** The worker thread, from 1 to the number of threads. */
    int thread();

    /** How long the run was queued. */
    Duration waitTime();

    /** The pool's {@code spec.config}. Unmodifiable. */
    Map<String, String> config();

    /** The query parameters of the call, the last one winning where a name is repeated. Unmodifiable. */
    Map<String, String> parameters();

    /**
     * True once nobody waits for the result any more: the run went over its time, its client left or the replica had to
     * stop. The thread is interrupted at the same moment. Code that neither blocks nor looks here is stopped a few
     * milliseconds later all the same, in the middle of its loop; its {@code finally} blocks run.
     */
    boolean isCancelled();
}
