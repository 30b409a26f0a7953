package dev.workerpool.worker.pool;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the threads have allocated that came of one worker thread in its current run. Whoever makes them, task code or an
 * executor or a timer, a thread of the run or another one of these, they are born into the worker thread's group, which no
 * other worker thread has. Not counted are virtual threads, of which the JVM does not tell, threads from before the run, as an
 * executor that a task keeps has them for everybody, and what a thread allocates between the last look and its end. Guarded by
 * the monitor of the worker thread.
 */
final class ChildAllocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Thread owner;

    /** At the last look, by the thread's id. Those that have ended since are still in it. */
    private final Map<Long, Long> seen = new HashMap<>();

    /** Threads from before the run, by id. */
    private final Set<Long> earlier = new HashSet<>();

    ChildAllocation(Thread owner) {
        this.owner = owner;
    }

    /** A group of its own for a worker thread; not within that of whoever makes it, which may be a worker thread that ends. */
    static ThreadGroup group(String name) {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        return new ThreadGroup(root, name);
    }

    /** @return bytes */
    long spent() {
        look();
        long sum = 0;
        for (long bytes : seen.values()) {
            sum += bytes;
        }
        return sum;
    }

    /** The run has threads of its own from now on. @param own the first, which may have started; or null */
    void begin(Thread own) {
        seen.clear();
        earlier.clear();
        earlier.addAll(alive());
        if (own != null) {
            earlier.remove(own.threadId());
        }
    }

    private void look() {
        for (long id : alive()) {
            // Negative where it has just ended.
            long bytes = earlier.contains(id) ? -1 : THREADS.getThreadAllocatedBytes(id);
            if (bytes >= 0) {
                seen.put(id, bytes);
            }
        }
    }

    private Set<Long> alive() {
        ThreadGroup group = owner.getThreadGroup();
        var ids = new HashSet<Long>();
        if (group != null) {
            threads(group).forEach(thread -> ids.add(thread.threadId()));
            ids.remove(owner.threadId());
        }
        return ids;
    }

    /** Those that are alive. */
    static List<Thread> threads(ThreadGroup group) {
        for (int room = 8; ; room *= 2) {
            var threads = new Thread[group.activeCount() + room];
            int count = group.enumerate(threads);
            // What does not fit is left out in silence, and others start meanwhile.
            if (count < threads.length) {
                return List.of(Arrays.copyOf(threads, count));
            }
        }
    }
}
