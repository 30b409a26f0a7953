package dev.workerpool.worker.task;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who answers for the threads that task code started. Most have inherited that; it is asked here for those that were told to
 * inherit nothing. Thread-safe.
 */
final class StartedThreads {
    /** By the thread's id, for what equals a thread its own class may say. */
    private static final Map<Long, Started> STARTED = new ConcurrentHashMap<>();

    /** Before those that have ended are taken out. */
    private static volatile int enough = 64;

    private record Started(Thread thread, TaskHost host) {
        /** Only then it has no group any more. */
        boolean hasEnded() {
            return thread.getThreadGroup() == null;
        }
    }

    private StartedThreads() {}

    static void add(Thread thread, TaskHost host) {
        if (STARTED.size() >= enough) {
            STARTED.values().removeIf(Started::hasEnded);
            enough = Math.max(64, 2 * STARTED.size());
        }
        STARTED.put(thread.threadId(), new Started(thread, host));
    }

    /** @return null when task code did not start the calling thread */
    static TaskHost ofCurrent() {
        Started started = STARTED.get(Thread.currentThread().threadId());
        return started == null ? null : started.host();
    }
}
