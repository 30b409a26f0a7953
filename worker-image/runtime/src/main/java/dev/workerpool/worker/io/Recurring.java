package dev.workerpool.worker.io;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * What an event loop does again and again. A loop does what has failed once never again, and nobody hears of it; so whatever
 * goes wrong here, an error for want of native memory included, is logged, once a minute at most, and the next time comes.
 */
final class Recurring implements Runnable {
    private static final Logger LOG = System.getLogger(Recurring.class.getName());
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Runnable task;
    private long quietUntil = System.nanoTime();
    private int leftOut;

    Recurring(Runnable task) {
        this.task = task;
    }

    @Override
    public void run() {
        try {
            task.run();
        } catch (Throwable e) {
            told(e);
        }
    }

    /** What is wrong may well be that nothing can be told. */
    private void told(Throwable e) {
        try {
            failed(e);
        } catch (Throwable untold) {
            leftOut++;
        }
    }

    private void failed(Throwable e) {
        long now = System.nanoTime();
        if (now - quietUntil < 0) {
            leftOut++;
            return;
        }
        quietUntil = now + QUIET_NANOS;
        String more = leftOut == 0 ? "" : " (and did " + leftOut + " times before)";
        leftOut = 0;
        LOG.log(Level.ERROR, "What is done again and again failed, and goes on" + more, e);
    }
}
