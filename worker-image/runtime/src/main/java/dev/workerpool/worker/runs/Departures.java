package dev.workerpool.worker.runs;

import dev.workerpool.worker.pool.Run;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Runs that wait here and are to be done by another worker. Each that is taken is on its way until it is said what became of
 * it: it {@link #left}, it {@link #stays}, it was {@link #refused}, or nobody knows ({@link #lost}). Meanwhile nothing can be
 * done with it, so that it is never run at two places. Thread-safe.
 */
public final class Departures {
    private static final Logger LOG = System.getLogger(Departures.class.getName());
    private static final int MOST_LEFT = 10_000;

    private final RunStore store;
    private final Map<String, Run> underWay = new ConcurrentHashMap<>();

    /** Where they are. */
    private final LatestIds<String> left = new LatestIds<>(MOST_LEFT);

    Departures(RunStore store) {
        this.store = store;
    }

    /**
     * Takes out the next waiting run that nobody here would miss.
     *
     * @param wanted which of them, by their ids
     * @return null when there is none
     */
    public WaitingRun take(Predicate<String> wanted) {
        return takeNext(run -> wanted.test(run.id()) && run.isMovable());
    }

    /**
     * As {@link #take}, of those that may be done by whoever asks for a run.
     *
     * @param able which task types that one runs
     */
    public WaitingRun takeFree(Predicate<String> able) {
        return takeNext(run -> run.isFree() && able.test(run.task()));
    }

    private WaitingRun takeNext(Predicate<StoredRun> movable) {
        Run run = store.pool().takeAway(observer -> observer instanceof StoredRun stored && movable.test(stored));
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

    /** Another worker has it. @param replica which */
    public void left(WaitingRun waiting, String replica) {
        left.put(waiting.id(), replica);
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

    /** No other worker would take it later either: it waits here as before, and is none to {@link #takeFree}. */
    public void refused(WaitingRun waiting) {
        stored(waiting.id()).refuse();
        stays(waiting);
    }

    /** Another worker may have it or not. It is over here, and not done again. @param replica which was asked last */
    public void lost(WaitingRun waiting, String replica) {
        LOG.log(Level.WARNING, "Whether replica {0} has run {1} is not known", replica, waiting.id());
        stored(waiting.id()).stay();
        store.pool().abandon(arrive(waiting));
    }

    /** It was another worker's, and is here again. */
    void returned(String id) {
        left.remove(id);
    }

    /** May the run be another worker's now? Once more have left than are remembered, any of this worker's may. */
    public boolean mayHaveLeft(String id) {
        return left.get(id) != null
                || left.hasForgotten() && store.pool().runIds().gave(id);
    }

    /** The replica that the run went to. @return null when that is not known */
    public String place(String id) {
        return left.get(id);
    }

    private StoredRun stored(String id) {
        return (StoredRun) underWay.get(id).observer();
    }

    private Run arrive(WaitingRun waiting) {
        return underWay.remove(waiting.id());
    }
}
