package dev.workerpool.worker.pool;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Runs waiting for a thread, and threads waiting for a run; never both. A new run goes to the thread that went idle last,
 * whose caches are warm; only when none is idle does it wait, up to the capacity, until it is its turn among
 * {@link WaitingRuns}. Beyond that it is refused on the spot.
 *
 * <p>One short lock guards both sides, so that a run is either handed over or queued and no thread sleeps while a run
 * waits. Threads are woken outside it.
 */
final class RunQueue {
    /** The least urgent run is the next one's equal after not quite half of the longest wait, with time left to get a thread. */
    private static final int AGEING_STEPS = 16;

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<PoolThread> idle = new ArrayDeque<>();
    private final WaitingRuns waiting = new WaitingRuns();

    /** Written under the lock; read without it for gauges, hints and early refusals. */
    private volatile int size;

    private volatile int idleThreads;

    /** Threads with a higher number are to end. Written under the lock. */
    private volatile int employed = Integer.MAX_VALUE;

    private volatile int capacity;
    private volatile boolean closed;

    /** Runs that were taken out to be done elsewhere and may come back. Guarded by the lock. */
    private int away;

    /** Told, outside the lock, when a run or a thread came or went; null when nobody wants to know. */
    private volatile Runnable onChange;

    /** Told, outside the lock, by the thread that took the run without which {@link #hasPlenty} is not so any more. */
    private volatile Runnable onScarcity = () -> {};

    RunQueue(LiveSettings settings) {
        tune(settings);
    }

    /** Takes over capacity and ageing. What waits beyond a smaller capacity stays. */
    void tune(LiveSettings settings) {
        lock.lock();
        try {
            capacity = settings.queueCapacity();
            waiting.age(settings.maxWait().toNanos() / AGEING_STEPS);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Hands the run to an idle thread, or queues it.
     *
     * @param maxQueued it may wait only while fewer than so many do
     * @return whether it has to wait
     */
    boolean put(Run run, int maxQueued) throws QueueFullException, DrainingException {
        PoolThread taker;
        // The thread may be through with the run before it is woken.
        RunObserver observer = run.observer();
        lock.lock();
        try {
            if (closed) {
                throw new DrainingException();
            }
            taker = idle.pollLast();
            if (taker != null) {
                idleThreads = idle.size();
                taker.hand(run);
            } else if (size < maxQueued) {
                waiting.add(run);
                size = size + 1;
            } else {
                throw new QueueFullException(capacity);
            }
        } finally {
            lock.unlock();
        }
        if (taker != null) {
            observer.wake(taker.thread());
        }
        changed();
        return taker == null;
    }

    private void changed() {
        Runnable told = onChange;
        if (told != null) {
            told.run();
        }
    }

    /** The next run for this thread, waiting for one. @return null when the thread is to end */
    Run take(PoolThread taker) {
        Run run;
        boolean isScarceNow = false;
        lock.lock();
        try {
            if (taker.number() > employed) {
                return null;
            }
            run = waiting.next();
            if (run != null) {
                unlink(run);
                isScarceNow = size == employed;
            } else if (closed && away == 0) {
                return null;
            } else {
                idle.addLast(taker);
                idleThreads = idle.size();
            }
        } finally {
            lock.unlock();
        }
        if (isScarceNow) {
            onScarcity.run();
        }
        changed();
        return run == null ? taker.awaitHanded() : run;
    }

    /**
     * Takes out the first waiting run that may be done elsewhere. Until it is {@link #putBack} or {@link #gone}, threads
     * stay, also when the queue is closed and nothing else waits.
     *
     * @return null when there is none
     */
    Run takeAway(Predicate<Run> movable) {
        Run run;
        lock.lock();
        try {
            run = waiting.next(movable);
            if (run != null) {
                unlink(run);
                away++;
            }
        } finally {
            lock.unlock();
        }
        if (run != null) {
            changed();
        }
        return run;
    }

    /** A run that was taken away is here again, before those that came later. @return whether it waits */
    boolean putBack(Run run) {
        PoolThread taker;
        lock.lock();
        try {
            away--;
            taker = idle.pollLast();
            if (taker != null) {
                idleThreads = idle.size();
                taker.hand(run);
            } else {
                waiting.add(run);
                size = size + 1;
            }
            dismissWhenOver();
        } finally {
            lock.unlock();
        }
        if (taker != null) {
            LockSupport.unpark(taker.thread());
        }
        changed();
        return taker == null;
    }

    /** A run that was taken away is done elsewhere, or nobody wants it any more. */
    void gone() {
        lock.lock();
        try {
            away--;
            dismissWhenOver();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock, where waking is rare enough. */
    private void dismissWhenOver() {
        if (closed && away == 0) {
            for (PoolThread thread : idle) {
                thread.dismiss();
                LockSupport.unpark(thread.thread());
            }
            idle.clear();
            idleThreads = 0;
        }
    }

    /** Takes a waiting run out. @return false when it was not waiting (any more) */
    boolean remove(Run run) {
        boolean waited;
        lock.lock();
        try {
            waited = run.queued;
            if (waited) {
                unlink(run);
            }
        } finally {
            lock.unlock();
        }
        if (waited) {
            changed();
        }
        return waited;
    }

    /** Takes out the oldest run if it was admitted before the given time. */
    Run removeOlderThan(long time) {
        Run oldest;
        lock.lock();
        try {
            oldest = waiting.oldest();
            if (oldest == null || oldest.admittedAt() - time > 0) {
                return null;
            }
            unlink(oldest);
        } finally {
            lock.unlock();
        }
        changed();
        return oldest;
    }

    /** The oldest waiting run, or null. It may be gone at once. */
    Run peek() {
        lock.lock();
        try {
            return waiting.oldest();
        } finally {
            lock.unlock();
        }
    }

    /** Threads with a higher number end: idle ones now, the others when they ask for their next run. */
    void employ(int threads) {
        List<PoolThread> surplus;
        lock.lock();
        try {
            employed = threads;
            surplus = idle.stream().filter(thread -> thread.number() > threads).toList();
            idle.removeAll(surplus);
            idleThreads = idle.size();
            surplus.forEach(PoolThread::dismiss);
        } finally {
            lock.unlock();
        }
        surplus.forEach(thread -> LockSupport.unpark(thread.thread()));
    }

    /** Refuses new runs. Threads still take what waits; idle ones, and those that find nothing, are told to end. */
    void close() {
        lock.lock();
        try {
            closed = true;
            dismissWhenOver();
        } finally {
            lock.unlock();
        }
    }

    /** Would a run be refused now? Without the lock, so only a hint: for refusing early what is costly to receive. */
    boolean isFull() {
        return idleThreads == 0 && size >= capacity;
    }

    boolean isClosed() {
        return closed;
    }

    /** Will each thread find another run after the one that it is in, whatever else comes? */
    boolean hasPlenty() {
        return size > employed;
    }

    /**
     * @param listener called by the thread that took the run without which {@link #hasPlenty} is not so any more. Nobody is
     *     called when runs go without being run, or threads are added
     */
    void onScarcity(Runnable listener) {
        onScarcity = listener;
    }

    void onChange(Runnable listener) {
        onChange = listener;
    }

    int idle() {
        return idleThreads;
    }

    int size() {
        return size;
    }

    int capacity() {
        return capacity;
    }

    private void unlink(Run run) {
        waiting.remove(run);
        size = size - 1;
    }
}
