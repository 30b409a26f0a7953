package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskHost;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Does what may come to task code, or wait for a lock that task code holds, on threads that belong to the run: whatever
 * becomes of it, nobody waits for it, and it is killed with the rest of the run. Thread-safe.
 */
final class Errands {
    private final TaskHost host;

    /** By what they are about. */
    private final Map<Object, Thread> threads = new IdentityHashMap<>();

    Errands(TaskHost host) {
        this.host = host;
    }

    /** Unless one about the same is still under way: it does not come back, and more of them would not either. */
    synchronized void send(Object about, Runnable errand) {
        threads.values().removeIf(thread -> !thread.isAlive());
        if (threads.containsKey(about)) {
            return;
        }
        Thread thread = Thread.ofPlatform()
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(() -> {
                    host.enter();
                    errand.run();
                });
        try {
            thread.start();
            threads.put(about, thread);
        } catch (OutOfMemoryError e) {
            // Not of the heap, that ends the process: of the system's threads. Whoever sent it sends it again.
        }
    }

    synchronized List<Thread> underWay() {
        return threads.values().stream().filter(Thread::isAlive).toList();
    }
}
