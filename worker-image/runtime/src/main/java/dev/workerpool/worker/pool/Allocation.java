package dev.workerpool.worker.pool;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * The bytes of heap that one thread and those it started have allocated for its current run, and the budget of that run.
 * Counted by the JVM anyway; read at the start and the end of each run (some 16 ns each), and in between by the watchdog
 * when there is a budget, the more often the less is left: a thread cannot allocate faster than memory can be cleared.
 * Guarded by the monitor of its thread.
 */
final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Bytes in a nanosecond, which no thread exceeds. */
    private static final long FASTEST = 20;

    /** Nanoseconds. The watchdog's share of a core stays below one in a hundred, and what escapes it is some megabytes. */
    private static final long SHORTEST_PAUSE = 1_000_000;

    private final Thread thread;
    private final ChildAllocation children;
    private Run run;
    private long before;
    private long budget;
    private long nextLook;

    Allocation(Thread thread) {
        this.thread = thread;
        this.children = new ChildAllocation(thread);
    }

    /** A new run. On the thread itself. @param budget 0 when there is none */
    void begin(Run run, long start, long budget) {
        this.run = run;
        before = THREADS.getCurrentThreadAllocatedBytes();
        this.budget = budget;
        nextLook = start + pause(budget);
    }

    /** The current run is about to have threads. @param own the first, which may have started; or null */
    void beginChildren(Thread own) {
        if (budget != 0) {
            children.begin(own);
        }
    }

    /** By the run that ends, on its own thread alone. On the thread itself. */
    long end() {
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private long spent() {
        long own = THREADS.getThreadAllocatedBytes(thread.threadId()) - before;
        return run.belongings() == null ? own : own + children.spent();
    }

    /** Of the current run. */
    long budget() {
        return budget;
    }

    /** Looks if it is time to. @return whether the run went over its budget */
    boolean isExceeded(long now) {
        if (budget == 0 || nextLook - now > 0) {
            return false;
        }
        long left = budget - spent();
        nextLook = now + pause(left);
        return left < 0;
    }

    /** Would the run go over its budget with so much more? On a thread of the run. */
    boolean wouldExceed(long more) {
        return budget != 0 && spent() > budget - more;
    }

    /** When to look again, if that is before the other time. */
    long nextLook(long otherwise) {
        return budget != 0 && nextLook - otherwise < 0 ? nextLook : otherwise;
    }

    private static long pause(long left) {
        return Math.max(SHORTEST_PAUSE, left / FASTEST);
    }
}
