package dev.workerpool.worker.peers;

import java.util.concurrent.TimeUnit;

/**
 * Where a request is to run: pure decisions over what is known. Passing only to an idle peer leaves long queues beside
 * short ones, so a new request goes to the shortest; and as guesses go wrong and run times differ, what waits goes to
 * whoever turns idle and asks for it. Nothing is passed that would wait here for less than a hop takes, unless it may not wait
 * here at all.
 */
public final class Routing {
    /** What a hop costs, generously: 100 to 200 µs measured on one machine, more between two. */
    static final long HOP_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    private Routing() {}

    /**
     * A peer, and what must hold there when the request comes.
     *
     * @param maxQueued the peer takes it only while fewer than so many wait there; with 0, only into an idle thread
     */
    public record Choice(PeerView view, PassReason reason, int maxQueued) {
        /** The peer's name. */
        public String replica() {
            return view.peer().replica();
        }
    }

    /**
     * For a request that finds no thread idle here.
     *
     * @param first which view to look at first: among equals that one is taken, so it had better vary
     * @return null to keep it here
     */
    static Choice onArrival(Here here, PeerView[] views, int first, long now) {
        if (views.length == 0 || !here.isWorthAHop(0)) {
            return null;
        }
        PeerView best = leastLoaded(views, first, now);
        Load load = best == null ? null : best.load(now);
        if (load == null) {
            return null;
        }
        if (best.idle(load) > 0) {
            return new Choice(best, PassReason.IDLE, 0);
        }
        if (here.refuses() && here.mayWaitThere(best.inFlight(load) - load.threads(), load.threads())) {
            return new Choice(best, PassReason.SHORTER, Integer.MAX_VALUE);
        }
        // There it would be behind no more per thread than are in flight per thread here already.
        long most = here.inFlight(load.threads()) - 1;
        long there = Here.waitNanos(load.queued(), load.threads(), here.meanRun());
        return best.inFlight(load) <= most && here.isWorthAHop(there)
                ? new Choice(best, PassReason.SHORTER, (int) Math.min(Integer.MAX_VALUE, most - load.threads() + 1))
                : null;
    }

    /** For a request that must not run here. @return null when no peer is known that takes any */
    static Choice elsewhere(PeerView[] views, int first, long now) {
        PeerView best = leastLoaded(views, first, now);
        return best == null ? null : new Choice(best, PassReason.DRAINING, Integer.MAX_VALUE);
    }

    /** How many waiting runs to pass to a peer that asks for some. */
    static int toPass(Here here, Load peer) {
        return here.queued() == 0 || peer.draining() || !here.isWorthAHop(0)
                ? 0
                : Math.min(here.queued(), peer.asked());
    }

    /** By in flight per thread. */
    private static PeerView leastLoaded(PeerView[] views, int first, long now) {
        PeerView best = null;
        long bestInFlight = 0;
        long bestThreads = 1;
        for (int i = 0; i < views.length; i++) {
            PeerView view = views[Math.floorMod(first + i, views.length)];
            Load load = view.load(now);
            if (load == null || load.draining() || load.threads() == 0) {
                continue;
            }
            long inFlight = view.inFlight(load);
            if (best == null || inFlight * bestThreads < bestInFlight * load.threads()) {
                best = view;
                bestInFlight = inFlight;
                bestThreads = load.threads();
            }
        }
        return best;
    }
}
