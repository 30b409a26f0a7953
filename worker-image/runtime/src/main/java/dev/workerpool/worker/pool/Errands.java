package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskHost;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Does what may come to task code, or wait for a lock that task code holds, on threads that belong to the run: whatever
 * becomes of it, nobody waits for it, and it is killed with the rest of the run. A few at a time, for a run may leave thousands of
 * things. Thread-safe.
 */
final class Errands {
    /** At once. Each may be one that does not come back. */
    private static final int MOST = 8;

    private final TaskHost host;

    /** What those are about that wait or are under way. */
    private final Set<Object> abouts = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Deque<Errand> waiting = new ArrayDeque<>();
    private final Set<Thread> threads = new HashSet<>();

    private record Errand(Object about, Runnable work) {}

    Errands(TaskHost host) {
        this.host = host;
    }

    /** Unless one about the same has not come back yet: more of them would not either. */
    synchronized void send(Object about, Runnable work) {
        if (abouts.add(about)) {
            waiting.add(new Errand(about, work));
        }
        startThread();
    }

    private void startThread() {
        if (waiting.isEmpty() || threads.size() >= MOST) {
            return;
        }
        Thread thread = Thread.ofPlatform()
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(this::work);
        try {
            thread.start();
            threads.add(thread);
        } catch (OutOfMemoryError e) {
            // Not of the heap, that ends the process: of the system's threads. The next that is sent tries again.
        }
    }

    /** One after another, until one is killed: another thread goes on with the rest. */
    private void work() {
        host.enter();
        Errand errand = null;
        try {
            while ((errand = next(errand)) != null) {
                errand.work().run();
            }
        } finally {
            leave(errand);
        }
    }

    private synchronized Errand next(Errand done) {
        comesBack(done);
        return waiting.poll();
    }

    private synchronized void leave(Errand killed) {
        comesBack(killed);
        threads.remove(Thread.currentThread());
        startThread();
    }

    private void comesBack(Errand errand) {
        if (errand != null) {
            abouts.remove(errand.about());
        }
    }

    synchronized List<Thread> underWay() {
        return List.copyOf(threads);
    }
}
