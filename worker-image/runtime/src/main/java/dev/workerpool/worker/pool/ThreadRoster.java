package dev.workerpool.worker.pool;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Which threads the pool has. Each number from 1 to the wanted count has a thread, and whoever ends is replaced; when fewer
 * are wanted, those with the highest numbers end as they come free. A thread that the system refuses is asked for again every
 * second. Thread-safe; its monitor is taken before the queue's
 * lock, never the other way round.
 */
final class ThreadRoster {
    private static final Logger LOG = System.getLogger(ThreadRoster.class.getName());

    /** Nanoseconds from one refusal of the system to the next attempt. */
    static final long RETRY = TimeUnit.SECONDS.toNanos(1);

    /**
     * Where threads are scarce, so many are left to the rest of the worker: what moves bytes, takes a message of the operator, such
     * as to have fewer threads, or a signal to drain, and what compiles. A drain for which there is no thread never begins.
     */
    static final int ROOM = 8;

    private final RunQueue queue;
    private final Making making;
    private final Runnable onMissing;
    private final ThreadFactory spares;

    /**
     * By number less one; null where there is none. Longer than wanted while surplus threads are still in their runs. Changed by
     * {@link #place} under the monitor, another array each time, so that it may be read without.
     */
    private volatile PoolThread[] threads = {};

    private int wanted;

    /** So many the system bears; threads with a higher number are missing until it has been asked again. */
    private int borne = Integer.MAX_VALUE;

    /** When the system refused one last. */
    private long refusedAt = System.nanoTime();

    /** Threads that were given up and have not come back. */
    private final List<PoolThread> lost = new CopyOnWriteArrayList<>();

    private boolean exhausted;

    /** Makes threads that are not started yet. */
    interface Making {
        /** @param roster is told when it ends */
        PoolThread thread(int number, ThreadRoster roster);
    }

    /**
     * @param onMissing called when the system refused one: somebody has to {@link #refill}
     * @param spares makes those by which it is found out whether there is room
     */
    ThreadRoster(RunQueue queue, Making making, Runnable onMissing, ThreadFactory spares) {
        this.queue = queue;
        this.making = making;
        this.onMissing = onMissing;
        this.spares = spares;
    }

    /** Has so many threads from now on: missing ones start at once, surplus ones end when they are in no run. */
    synchronized void resize(int count) {
        // What it does not bear it has just said, unless another number is asked for.
        int most = count == wanted ? borne : Integer.MAX_VALUE;
        wanted = count;
        if (threads.length < count) {
            threads = Arrays.copyOf(threads, count);
        }
        bear(most);
        if (!hireUpTo(employed())) {
            leaveRoom();
        }
    }

    private void bear(int most) {
        borne = most;
        queue.employ(employed());
    }

    private int employed() {
        return Math.min(wanted, borne);
    }

    /** Up to the first that the system refuses: it would refuse the others, too. @return false when it refused one */
    private boolean hireUpTo(int last) {
        for (int number = 1; number <= last; number++) {
            if (threads[number - 1] == null && !hire(number)) {
                return false;
            }
        }
        return true;
    }

    /** The pool has taken the last place there was: some of its threads end again, half of them at most. */
    private void leaveRoom() {
        int present = current().size();
        bear(Math.max(1, Math.max((present + 1) / 2, present - ROOM)));
    }

    private boolean hire(int number) {
        try {
            PoolThread thread = making.thread(number, this);
            thread.start();
            place(number, thread);
            return true;
        } catch (OutOfMemoryError e) {
            // Not of the heap, that ends the process: of the system's threads. The pool serves on with those it has.
            LOG.log(Level.ERROR, "Thread {0} cannot be started: {1}", number, e.getMessage());
            refusedAt = System.nanoTime();
            onMissing.run();
            return false;
        }
    }

    private void place(int number, PoolThread thread) {
        PoolThread[] changed = threads.clone();
        changed[number - 1] = thread;
        threads = changed;
    }

    /** Starts what is missing, if the last refusal was long enough ago. @return when to try again */
    synchronized long refill(long now) {
        if (isFull()) {
            return Watchdog.NEVER;
        }
        if (now - refusedAt >= RETRY) {
            refusedAt = now;
            hireWithRoomLeft();
        }
        return isFull() ? Watchdog.NEVER : refusedAt + RETRY;
    }

    private void hireWithRoomLeft() {
        try (var room = new SpareThreads(ROOM, spares)) {
            if (room.areAll()) {
                bear(Integer.MAX_VALUE);
                if (!hireUpTo(employed())) {
                    // Beside the spare ones there is no place for another.
                    bear(last());
                }
                return;
            }
        }
        // No further than it left room before: what is short of places now may be what brings it other settings.
        hireUpTo((employed() + 1) / 2);
    }

    /** The highest number that has a thread. */
    private int last() {
        List<PoolThread> present = current();
        return present.isEmpty() ? 1 : present.getLast().number();
    }

    /** Once the pool closes, threads end because nothing waits. */
    private boolean isFull() {
        return missing() == 0 || queue.isClosed() && queue.size() == 0;
    }

    /** Threads that are wanted, and that the system does not give. */
    synchronized int missing() {
        int missing = 0;
        for (int number = 1; number <= wanted; number++) {
            if (threads[number - 1] == null) {
                missing++;
            }
        }
        return missing;
    }

    /** The thread will not leave its run: another takes its place. @return how many threads are lost now */
    synchronized int giveUp(PoolThread thread) {
        // It was decided on before this, and the thread may have left the run and ended since.
        if (!thread.cameBack) {
            lost.add(thread);
        }
        if (isOnDuty(thread)) {
            fill(thread.number(), true);
        }
        return lost.size();
    }

    /** Are so many lost that the process had better be replaced? True the first time only. */
    synchronized boolean becomesExhausted() {
        boolean now = !exhausted && lost.size() >= Math.max(4, wanted);
        exhausted |= now;
        return now;
    }

    /** The thread ends, and does so at once: nothing of it may be waited for from here on. */
    synchronized void ended(PoolThread thread, boolean givenUp, boolean broken) {
        if (givenUp) {
            thread.cameBack = true;
            lost.remove(thread);
            LOG.log(Level.INFO, "A lost thread {0} came back and ended", thread.number());
        } else if (isOnDuty(thread)) {
            fill(thread.number(), broken);
            if (broken) {
                LOG.log(Level.INFO, "Thread {0} was replaced", thread.number());
            }
        }
    }

    private boolean isOnDuty(PoolThread thread) {
        return threads[thread.number() - 1] == thread;
    }

    /**
     * @param needed even when the pool closes, for what still waits; otherwise the thread was dismissed, and has to come
     *     back only if more threads were wanted again before it was gone
     */
    private void fill(int number, boolean needed) {
        place(number, null);
        if (number <= employed() && (needed || !queue.isClosed())) {
            hire(number);
        }
    }

    /** Waits until every thread has ended, after the queue was closed. @return false when the time was not enough */
    boolean awaitEmpty(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (var alive = firstAlive(); alive.isPresent(); alive = firstAlive()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            alive.get().join(Duration.ofNanos(left));
        }
        return true;
    }

    /** A thread puts its successor in place before it ends, so there is no moment in which this sees neither. */
    private Optional<Thread> firstAlive() {
        return current().stream()
                .map(PoolThread::thread)
                .filter(Thread::isAlive)
                .findFirst();
    }

    /** By number. */
    synchronized List<PoolThread> current() {
        var current = new ArrayList<PoolThread>(threads.length);
        for (PoolThread thread : threads) {
            if (thread != null) {
                current.add(thread);
            }
        }
        return current;
    }

    /**
     * For how long the youngest of the runs under way has been so, in nanoseconds; 0 when a thread is in none. Does not wait: asked
     * on event loops, also while threads are started.
     */
    long leastAge(long now) {
        long least = Long.MAX_VALUE;
        for (PoolThread thread : threads) {
            if (thread != null) {
                least = Math.min(least, thread.age(now));
            }
        }
        return least == Long.MAX_VALUE ? 0 : least;
    }

    List<PoolThread> lost() {
        return lost;
    }

    /** The runs that the lost threads are in. */
    List<Run> lostTo() {
        return lost.stream().map(PoolThread::current).filter(Objects::nonNull).toList();
    }
}
