package dev.workerpool.worker.pool;

import java.util.concurrent.TimeUnit;

/**
 * Of something that was made by a class of the task's own and does not answer: whoever asks is killed in it. Its threads are to
 * die at their next checkpoint as well, and for that they need a core, which others may have just now. Thread-safe.
 */
final class Silence {
    private static final long TO_DIE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private boolean begun;
    private long since;

    /** To be told each time that whoever asked was killed. @return whether all the others had time to die, too */
    synchronized boolean lasts() {
        long now = System.nanoTime();
        if (!begun) {
            begun = true;
            since = now;
        }
        return now - since >= TO_DIE_NANOS;
    }
}
