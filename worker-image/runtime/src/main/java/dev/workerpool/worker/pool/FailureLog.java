package dev.workerpool.worker.pool;

import java.io.PrintWriter;
import java.io.StringWriter;
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

    /** Throws nothing, whatever the exception does when it is read. */
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
        LOG.log(Level.WARNING, message + more, thrown == null ? null : Told.of(thrown));
    }

    /** A task's exception, read before it is logged: its methods are task code, for which the log's lock must not be held. */
    private static final class Told extends Throwable {
        private static final long serialVersionUID = 1L;

        private final String trace;

        private Told(String trace) {
            super(trace, null, false, false);
            this.trace = trace;
        }

        static Told of(Throwable thrown) {
            try {
                var text = new StringWriter();
                thrown.printStackTrace(new PrintWriter(text, true));
                return new Told(text.toString());
            } catch (Throwable e) {
                return new Told(thrown.getClass().getName() + " (which cannot be read: "
                        + e.getClass().getName() + ")" + System.lineSeparator());
            }
        }

        @Override
        public void printStackTrace(PrintWriter out) {
            out.print(trace);
        }

        @Override
        public String toString() {
            return trace;
        }
    }
}
