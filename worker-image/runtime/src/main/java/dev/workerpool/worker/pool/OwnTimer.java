package dev.workerpool.worker.pool;

import java.util.Comparator;
import java.util.Timer;
import java.util.function.Predicate;

/**
 * A timer that a run made, and its thread: what the timer executes it executes there, and the thread lasts until the timer has been
 * cancelled and that is over. One of a class of the task's own may do whatever it likes when it is cancelled, so that is done by
 * {@link Errands}.
 */
final class OwnTimer {
    /** The class of a timer's thread, and of no other. */
    private static final String THREAD = "java.util.TimerThread";

    private final Timer timer;
    private final Thread thread;

    OwnTimer(Timer timer, Thread thread) {
        this.timer = timer;
        this.thread = thread;
    }

    /**
     * That of the timer which the calling thread has just made. Nobody tells of it, but it is born into the group of that.
     *
     * @param known whether a thread is that of another timer, which may have been made at the same time
     */
    static Thread youngestThread(Predicate<Thread> known) {
        return ChildAllocation.threads(Thread.currentThread().getThreadGroup()).stream()
                .filter(one -> one.getClass().getName().equals(THREAD) && !known.test(one))
                .max(Comparator.comparingLong(Thread::threadId))
                .orElseThrow();
    }

    Thread thread() {
        return thread;
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** May it execute one task after another though it was cancelled? Its thread is in task code only for moments then. */
    boolean mayIgnoreItsCancel() {
        return Belongings.isOwnClass(timer) && isAlive();
    }

    void cancel(Errands errands) {
        if (Belongings.isOwnClass(timer)) {
            errands.send(timer, timer::cancel);
        } else {
            timer.cancel();
        }
    }
}
