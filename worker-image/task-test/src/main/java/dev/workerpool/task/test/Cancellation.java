package dev.workerpool.task.test;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Which runs of a tester are active, and which of them cancelled. Thread-safe. */
final class Cancellation {
    private final Set<OfRun> active = ConcurrentHashMap.newKeySet();
    private volatile int atCheck = Integer.MAX_VALUE;

    void atCheck(int count) {
        atCheck = count;
    }

    void now() {
        active.forEach(OfRun::cancel);
    }

    OfRun begin() {
        var run = new OfRun(atCheck);
        active.add(run);
        return run;
    }

    /** One run, on the thread that made this. */
    final class OfRun implements AutoCloseable {
        private final Thread thread = Thread.currentThread();
        private final int atCheck;
        private final AtomicInteger checks = new AtomicInteger();
        private boolean over;
        private volatile boolean cancelled;

        private OfRun(int atCheck) {
            this.atCheck = atCheck;
        }

        boolean check() {
            if (checks.incrementAndGet() >= atCheck) {
                cancel();
            }
            return cancelled;
        }

        boolean isCancelled() {
            return cancelled;
        }

        private synchronized void cancel() {
            if (!over && !cancelled) {
                cancelled = true;
                thread.interrupt();
            }
        }

        /** The interrupt was the run's and ends with it, as on a thread of a worker. */
        @Override
        public synchronized void close() {
            over = true;
            active.remove(this);
            if (cancelled) {
                Thread.interrupted();
            }
        }
    }
}
