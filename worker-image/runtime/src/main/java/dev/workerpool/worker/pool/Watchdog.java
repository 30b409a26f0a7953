package dev.workerpool.worker.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The one clock of the pool: stops runs that go over their time and threads that do not listen, and refuses runs that
 * waited too long. Sleeps until the nearest deadline. As deadlines mostly lie in the order in which they are made, a new
 * one seldom wakes it.
 */
final class Watchdog {
    /** No deadline. */
    static final long NEVER = Long.MAX_VALUE;

    /** Differences of nanoTime overflow beyond 292 years; a month is never, too. */
    private static final long LONG = TimeUnit.DAYS.toNanos(30);

    private final TaskPool pool;
    private final Thread thread;
    private volatile long wakeAt;
    private volatile boolean stopped;

    Watchdog(TaskPool pool) {
        this.pool = pool;
        this.wakeAt = System.nanoTime() + LONG;
        this.thread = Thread.ofPlatform().name("watchdog").daemon().unstarted(this::watch);
    }

    /** Of two deadlines. */
    static long earlier(long a, long b) {
        if (a == Watchdog.NEVER || b == Watchdog.NEVER) {
            return a == Watchdog.NEVER ? b : a;
        }
        return a - b < 0 ? a : b;
    }

    void start() {
        thread.start();
    }

    /** Makes sure that somebody looks at this time. */
    void watch(long deadline) {
        if (deadline - wakeAt < 0) {
            LockSupport.unpark(thread);
        }
    }

    /** Has it look now. */
    void wake() {
        LockSupport.unpark(thread);
    }

    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    private void watch() {
        while (!stopped) {
            long now = System.nanoTime();
            // Before looking: a deadline made from here on is compared with this and wakes us, however we then decide.
            wakeAt = now + LONG;
            long next = pool.check(now);
            if (next != NEVER) {
                wakeAt = next;
            }
            LockSupport.parkNanos(this, Math.max(1, wakeAt - System.nanoTime()));
        }
    }
}
