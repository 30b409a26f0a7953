package dev.workerpool.worker.pool;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What tasks throw, for whoever wrote them: the caller gets type and message, the stack trace is here. At most one a
 * second, with the number of those left out: a task that always fails must not cost more than one that works.
 */
final class FailureLog {
    private static final Logger LOG = System.getLogger("dev.workerpool.task");
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
    private final AtomicLong leftOut = new AtomicLong();

    void report(Run run, Throwable thrown) {
        if (run.isOver()) {
            leftOut.incrementAndGet();
        } else {
            log("Task " + run.task().type() + " failed on thread " + run.threadNumber(), thrown);
        }
    }

    void warn(String message) {
        log(message, null);
    }

    private void log(String message, Throwable thrown) {
        long now = System.nanoTime();
        long quiet = quietUntil.get();
        if (now - quiet < 0 || !quietUntil.compareAndSet(quiet, now + PAUSE)) {
            leftOut.incrementAndGet();
            return;
        }
        long before = leftOut.getAndSet(0);
        String more = before == 0 ? "" : " (and " + before + " failures before it)";
        LOG.log(Level.WARNING, message + more, thrown);
    }
}
