package dev.workerpool.worker.pool;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs waiting for a thread, and threads waiting for a run; never both. A new run goes to the thread that went idle last,
 * whose caches are warm; only when none is idle does it wait, first in, first out, up to the capacity. Beyond that it is
 * refused on the spot.
 *
 * <p>One short lock guards both sides, so that a run is either handed over or queued and no thread sleeps while a run
 * waits. Threads are woken outside it. The queue is linked through the runs themselves: nothing is allocated, and a run in
 * the middle leaves in constant time.
 */
final class RunQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<PoolThread> idle = new ArrayDeque<>();
    private Run first;
    private Run last;
    /** Written under the lock; read without it for gauges and early refusals. */
    private volatile int size;

    private volatile int idleThreads;

    /** Threads with a higher number are to end. Guarded by the lock. */
    private int employed = Integer.MAX_VALUE;

    private volatile int capacity;
    private volatile boolean closed;

    RunQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Hands the run to an idle thread, or queues it. @return whether it has to wait */
    boolean put(Run run) throws QueueFullException, DrainingException {
        PoolThread taker;
        lock.lock();
        try {
            if (closed) {
                throw new DrainingException();
            }
            taker = idle.pollLast();
            if (taker != null) {
                idleThreads = idle.size();
                taker.hand(run);
            } else if (size < capacity) {
                append(run);
            } else {
                throw new QueueFullException(capacity);
            }
        } finally {
            lock.unlock();
        }
        if (taker == null) {
            return true;
        }
        LockSupport.unpark(taker.thread());
        return false;
    }

    /** The next run for this thread, waiting for one. @return null when the thread is to end */
    Run take(PoolThread taker) {
        lock.lock();
        try {
            if (taker.number() > employed) {
                return null;
            }
            if (first != null) {
                Run run = first;
                unlink(run);
                return run;
            }
            if (closed) {
                return null;
            }
            idle.addLast(taker);
            idleThreads = idle.size();
        } finally {
            lock.unlock();
        }
        return taker.awaitHanded();
    }

    /** Takes a waiting run out. @return false when it was not waiting (any more) */
    boolean remove(Run run) {
        lock.lock();
        try {
            boolean waited = run.queued;
            if (waited) {
                unlink(run);
            }
            return waited;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out the oldest run if it was admitted before the given time. */
    Run removeOlderThan(long time) {
        lock.lock();
        try {
            Run oldest = first;
            if (oldest == null || oldest.admittedAt() - time > 0) {
                return null;
            }
            unlink(oldest);
            return oldest;
        } finally {
            lock.unlock();
        }
    }

    /** The oldest waiting run, or null. It may be gone at once. */
    Run peek() {
        lock.lock();
        try {
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** So many runs may wait from now on. Those that wait beyond it stay. */
    void limit(int newCapacity) {
        capacity = newCapacity;
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
        List<PoolThread> wake;
        lock.lock();
        try {
            closed = true;
            wake = List.copyOf(idle);
            idle.clear();
            idleThreads = 0;
            wake.forEach(PoolThread::dismiss);
        } finally {
            lock.unlock();
        }
        wake.forEach(thread -> LockSupport.unpark(thread.thread()));
    }

    /** Would a run be refused now? Without the lock, so only a hint: for refusing early what is costly to receive. */
    boolean isFull() {
        return idleThreads == 0 && size >= capacity;
    }

    boolean isClosed() {
        return closed;
    }

    int size() {
        return size;
    }

    int capacity() {
        return capacity;
    }

    private void append(Run run) {
        run.previous = last;
        if (last == null) {
            first = run;
        } else {
            last.next = run;
        }
        last = run;
        run.queued = true;
        size = size + 1;
    }

    private void unlink(Run run) {
        if (run.previous == null) {
            first = run.next;
        } else {
            run.previous.next = run.next;
        }
        if (run.next == null) {
            last = run.previous;
        } else {
            run.next.previous = run.previous;
        }
        run.previous = null;
        run.next = null;
        run.queued = false;
        size = size - 1;
    }
}
