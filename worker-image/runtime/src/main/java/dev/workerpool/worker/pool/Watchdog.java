package dev.workerpool.worker.pool;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;

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

    /** Before it tries again what went wrong. */
    private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Logger LOG = System.getLogger(Watchdog.class.getName());

    private final TaskPool pool;
    private final Kills kills = new Kills();
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
            long next = check(now);
            if (next != NEVER) {
                wakeAt = next;
            }
            LockSupport.parkNanos(this, Math.max(1, wakeAt - System.nanoTime()));
        }
    }

    /** One round. @return when the next is due */
    private long check(long now) {
        long next = guarded(now, this::refuseOverdue);
        for (PoolThread one : pool.roster().current()) {
            next = earlier(next, guarded(now, one::check));
        }
        for (PoolThread one : pool.roster().lost()) {
            next = earlier(next, guarded(now, one::checkLost));
        }
        next = earlier(next, guarded(now, pool.roster()::refill));
        next = earlier(next, guarded(now, pool.leftovers()::check));
        return earlier(next, guarded(now, kills::carryOut));
    }

    /** Whatever goes wrong with one must not end the time limits of all. */
    private static long guarded(long now, LongUnaryOperator look) {
        try {
            return look.applyAsLong(now);
        } catch (Throwable e) {
            LOG.log(Level.ERROR, "The watchdog failed, and goes on", e);
            return now + RETRY;
        }
    }

    private long refuseOverdue(long now) {
        Duration longest = pool.live().maxWait();
        long maxWait = longest.toNanos();
        Run overdue;
        while ((overdue = pool.queue().removeOlderThan(now - maxWait)) != null) {
            pool.counters().refused(Refusal.WAIT_EXCEEDED);
            overdue.complete(new Outcome.WaitExceeded(longest), now);
        }
        Run oldest = pool.queue().peek();
        return oldest == null ? NEVER : oldest.admittedAt() + maxWait;
    }

    /** The thread will not leave its run: another takes its place, and it ends itself should it ever come back. */
    void giveUp(PoolThread lost, Run run) {
        int count = pool.roster().giveUp(lost);
        pool.counters().replaced("given-up");
        pool.counters().ran(run, System.nanoTime() - run.startedAt(), 0);
        LOG.log(
                Level.WARNING,
                "Thread {0} does not stop its run of {1} and is given up and replaced ({2} lost)",
                lost.number(),
                run.task().type(),
                count);
        run.end(pool);
        if (pool.roster().becomesExhausted()) {
            pool.exhausted(pool.roster().lostTo());
        }
    }

    /** For whoever is looked after in a round. */
    Kills kills() {
        return kills;
    }
}
