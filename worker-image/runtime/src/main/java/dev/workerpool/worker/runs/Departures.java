package dev.workerpool.worker.runs;

import dev.workerpool.worker.pool.Run;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs that wait here and are to be done by another worker. Each that is taken is on its way until it is said what became of
 * it: it {@link #left}, it {@link #stays}, or nobody knows ({@link #lost}). Meanwhile nothing can be done with it, so
 * that it is never run at two places. Thread-safe.
 */
public final class Departures {
    private final RunStore store;
    private final Map<String, Run> underWay = new ConcurrentHashMap<>();
    private final Set<String> left = ConcurrentHashMap.newKeySet();

    Departures(RunStore store) {
        this.store = store;
    }

    /** Takes out the next waiting run that nobody here would miss. @return null when there is none */
    public WaitingRun take() {
        Run run = store.pool().takeAway(observer -> observer instanceof StoredRun stored && stored.isMovable());
        if (run == null) {
            return null;
        }
        var stored = (StoredRun) run.observer();
        WaitingRun waiting = null;
        try {
            waiting = stored.depart(System.nanoTime());
        } finally {
            if (waiting == null) {
                store.pool().putBack(run); // Somebody came to follow it in this very moment.
            }
        }
        if (waiting != null) {
            underWay.put(waiting.id(), run);
        }
        return waiting;
    }

    /** Another worker has it. */
    public void left(WaitingRun waiting) {
        left.add(waiting.id());
        StoredRun stored = stored(waiting.id());
        store.forgetDeparted(stored);
        arrive(waiting);
        store.pool().gone();
        stored.moved();
    }

    /** No other worker has it: it waits here as before. */
    public void stays(WaitingRun waiting) {
        stored(waiting.id()).stay();
        store.pool().putBack(arrive(waiting));
    }

    /** Another worker may have it or not. It is over here, and not done again. */
    public void lost(WaitingRun waiting) {
        stored(waiting.id()).stay();
        store.pool().abandon(arrive(waiting));
    }

    /** Is the run another worker's now? */
    public boolean hasLeft(String id) {
        return left.contains(id);
    }

    private StoredRun stored(String id) {
        return (StoredRun) underWay.get(id).observer();
    }

    private Run arrive(WaitingRun waiting) {
        return underWay.remove(waiting.id());
    }
}
