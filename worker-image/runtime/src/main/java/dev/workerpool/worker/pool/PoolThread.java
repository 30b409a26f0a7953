package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskHost;
import dev.workerpool.worker.task.ThreadTasks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.FlightRecorder;

/**
 * A worker thread: takes runs and runs them, one at a time, until it is dismissed, its task breaks it, or it is given up.
 * It ends rather than go on in doubt (after an Error, after {@code System.exit}), and the pool puts a new one in its place.
 *
 * <p>The monitor guards {@code current} against whoever stops it from outside: an interrupt reaches the run it was meant
 * for or nobody.
 */
final class PoolThread {
    private static final Logger LOG = System.getLogger(PoolThread.class.getName());

    private final int number;
    private final TaskPool pool;
    private final ThreadRoster roster;
    private final ThreadTasks tasks;
    private final Execution execution;
    /** Where the death of the process finds what this thread executed; null when it has no place there. */
    private final TerminationLog.Slot slot;

    private final Thread thread;

    /** What the queue gave while this was idle. */
    private volatile Run handed;

    private volatile boolean dismissed;

    /** The run this thread is in; null between runs. Guarded by this, and volatile for those who only look. */
    private volatile Run current;

    private final Ending ending = new Ending();
    private final Allocation allocation;
    private boolean broken;
    private volatile boolean givenUp;

    /** It came back from the run in which it was given up. Guarded by the roster. */
    boolean cameBack;

    private volatile long idleSince = System.nanoTime();

    PoolThread(int number, TaskPool pool, ThreadRoster roster, ThreadTasks tasks) {
        this.number = number;
        this.pool = pool;
        this.roster = roster;
        this.tasks = tasks;
        this.execution = new Execution(pool, this, tasks);
        this.slot = pool.terminationLog().slot(number);
        String name = "worker-" + number;
        this.thread = Thread.ofPlatform()
                .group(ChildAllocation.group(name))
                .name(name)
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(this::work);
        this.allocation = new Allocation(thread);
    }

    void start() {
        thread.start();
    }

    int number() {
        return number;
    }

    Thread thread() {
        return thread;
    }

    /** Gives this idle thread a run. Under the queue's lock; the caller wakes the thread afterwards. */
    void hand(Run run) {
        handed = run;
    }

    /** Tells this idle thread to end. Under the queue's lock. */
    void dismiss() {
        dismissed = true;
    }

    /** Sleeps until the queue gives a run, or null for dismissal. */
    Run awaitHanded() {
        idleSince = System.nanoTime();
        Run run;
        while ((run = handed) == null && !dismissed) {
            LockSupport.park(pool);
            // Park returns at once while this is set, and no interrupt between runs means anything.
            Thread.interrupted();
        }
        handed = null;
        return run;
    }

    private void work() {
        new OwnHost(this).enter();
        Run run = null;
        try {
            while (!broken && !givenUp && (run = pool.queue().take(this)) != null) {
                execute(run);
            }
        } catch (Throwable e) {
            // Not the task's: of those none comes here. Whatever it is, the pool must not be one thread short.
            broken("error");
            LOG.log(Level.ERROR, "Thread " + number + " ended unexpectedly", e);
            abandon(run, e);
        } finally {
            ended();
        }
    }

    /** Whatever went wrong, nobody may wait for it in vain. */
    private void abandon(Run run, Throwable e) {
        synchronized (this) {
            current = null;
        }
        if (run != null) {
            run.complete(Outcome.Failed.of(e), System.nanoTime());
        }
    }

    private void execute(Run run) {
        if (run.isOver()) {
            return; // Cancelled between the queue and here.
        }
        Duration refusedFor = pool.refusedTasks().refusedFor(run.task().type());
        if (refusedFor != null) {
            // It was let into the queue before its type was known to kill.
            pool.counters().refused(Refusal.TASK_REFUSED);
            run.complete(new Outcome.Refused(refusedFor), System.nanoTime());
            return;
        }
        long start = System.nanoTime();
        long nextLook;
        synchronized (this) {
            run.started(this, start);
            if (run.isOver()) {
                // Whoever cancelled it did not know of this thread, and who does from here on waits for the monitor.
                return;
            }
            LiveSettings live = pool.live();
            ending.begin(start, run.options().within(live.timeout()));
            allocation.begin(run, start, live.maxAllocation());
            nextLook = allocation.nextLook(ending.deadline());
            current = run;
        }
        pool.watchdog().watch(nextLook);
        if (slot != null) {
            slot.executing(run.task());
        }
        run.observer().starting();
        // A look at a static field: unless somebody records, not even the event's class is loaded.
        RunEvent event = FlightRecorder.isInitialized() ? RunEvent.ofNow() : null;
        Outcome outcome = execution.run(run);
        long end = System.nanoTime();
        long allocated;
        synchronized (this) {
            allocated = allocation.end();
            current = null;
            if (ending.isKilled()) {
                broken("killed");
                pool.watchdog().wake();
            }
            // Under the monitor: whoever stops a run interrupts under it too, so none can be late.
            Thread.interrupted();
            if (givenUp) {
                pool.watchdog().wake();
                return; // Another thread has its number, and its slot.
            }
        }
        if (slot != null) {
            slot.idle();
        }
        run.complete(outcome, end);
        if (event != null) {
            event.end(run, pool.runIds(), allocated);
        }
        run.end(pool);
        pool.counters().ran(run, end - start, allocated);
    }

    /** It takes no run after this one. */
    synchronized void broken(String reason) {
        if (!broken && !givenUp) {
            broken = true;
            pool.counters().replaced(reason);
        }
    }

    /** A thread of the run called {@code System.exit}. */
    void exited(Run run, int exitCode) {
        run.complete(new Outcome.Stopped(exitCode), System.nanoTime());
        synchronized (this) {
            if (current == run) {
                broken("exit");
                stop(pool.settings().patience(), Thread.currentThread() != thread);
            }
        }
    }

    /** Ends the run, and tells its thread to leave it. @return when to look after it again */
    long stop(Run run, Outcome how) {
        return stop(run, how, pool.settings().patience());
    }

    private long stop(Run run, Outcome how, Duration patience) {
        // First, so that a task that is interrupted and looks finds itself cancelled.
        run.complete(how, System.nanoTime());
        synchronized (this) {
            if (current != run) {
                return Watchdog.NEVER;
            }
            stop(patience, true);
            return ending.deadline();
        }
    }

    private void stop(Duration patience, boolean interrupt) {
        if (ending.told(System.nanoTime(), patience.toNanos())) {
            pool.watchdog().watch(ending.deadline());
        }
        if (interrupt) {
            thread.interrupt();
        }
    }

    /** Looks after the current run. @return when to look again */
    long check(long now) {
        Run run;
        Ending.Step step;
        Duration timeout;
        synchronized (this) {
            run = current;
            if (run == null) {
                return Watchdog.NEVER;
            }
            timeout = ending.timeout();
            step = ending.next(now, pool.settings(), allocation.isExceeded(now));
            if (step == Ending.Step.KILL) {
                run.kill();
                thread.interrupt();
                pool.watchdog().kills().isDue(run);
            }
            givenUp = ending.isGivenUp();
            if (step == Ending.Step.WAIT || step == Ending.Step.KILL) {
                return allocation.nextLook(ending.deadline());
            }
        }
        return switch (step) {
            case TIME_OUT ->
                stop(
                        run,
                        new Outcome.TimedOut(timeout, timeout == run.options().timeout()),
                        pool.settings().patience());
            case OVERSPENT -> overspent(run);
            default -> {
                pool.watchdog().giveUp(this, run);
                yield Watchdog.NEVER;
            }
        };
    }

    /** Looks after a run in which this thread was given up: should it come back to task code, it dies there. @return when to look again */
    synchronized long checkLost(long now) {
        Run run = current;
        if (run == null) {
            return Watchdog.NEVER;
        }
        if (ending.strikesAgain(now)) {
            thread.interrupt();
            pool.watchdog().kills().isLost(run);
        }
        return ending.deadline();
    }

    /** Without patience: what goes on allocating may fill the heap meanwhile. */
    private long overspent(Run run) {
        return stop(run, new Outcome.AllocationExceeded(allocation.budget()), Duration.ZERO);
    }

    /** Those of the run. @param host of its threads @param started the one that is being started; null when it is none */
    Belongings belongings(Run run, TaskHost host, Thread started) {
        if (run.belongings() == null) {
            synchronized (this) {
                if (current == run && run.belongings() == null) {
                    // What is alive by now is older: an executor for all runs, what an earlier one left.
                    allocation.beginChildren(started);
                }
                return run.ownBelongings(host);
            }
        }
        return run.belongings();
    }

    /** On a thread of the run. */
    boolean mayAllocate(Run run, long bytes) {
        synchronized (this) {
            if (current != run || !allocation.wouldExceed(bytes)) {
                return true;
            }
        }
        overspent(run);
        return false;
    }

    /** Does this thread need armed checkpoints to get out of the run? */
    synchronized boolean isDying(Run run) {
        return current == run && (ending.isKilled() || ending.isGivenUp());
    }

    TaskPool pool() {
        return pool;
    }

    Run current() {
        return current;
    }

    /** For how long it has been in its run, in nanoseconds; 0 when it is in none. */
    long age(long now) {
        Run run = current;
        return run == null ? 0 : Math.max(0, now - run.startedAt());
    }

    private void ended() {
        try {
            tasks.close();
        } finally {
            roster.ended(this, givenUp, broken);
        }
    }

    ThreadStatus status(long now, Instant wall) {
        Run run = current;
        long since = run == null ? idleSince : run.startedAt();
        return new ThreadStatus(
                number, run == null ? null : run.task().type(), wall.minusNanos(Math.max(0, now - since)));
    }
}
