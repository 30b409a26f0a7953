package dev.workerpool.worker.handover;

import dev.workerpool.worker.peers.AskListener;
import dev.workerpool.worker.peers.PeerReply;
import dev.workerpool.worker.peers.Peers;
import dev.workerpool.worker.peers.Routing;
import dev.workerpool.worker.runs.RunStore;
import dev.workerpool.worker.runs.WaitingRun;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Brings runs that wait, and that nobody waits for, to peers that ask for some: as many as they ask for, at the same time, so that
 * one that does not answer holds up no other. A peer takes a run into an idle thread only; what it does not take waits here as
 * before. Asked on an event loop, and works on a thread of its own. Ends with {@link #close}.
 */
public final class RunMover implements AskListener {
    private static final Logger LOG = System.getLogger(RunMover.class.getName());

    /** Of inputs on their way, which are copied for it. A larger one goes alone. */
    private static final long MOST_BYTES = 16 * 1024 * 1024;

    /** Longer than an answer is waited for: no thread has to be found in the middle of a move. */
    private static final Duration KEPT = Duration.ofMinutes(1);

    private static final Duration TO_END = Duration.ofSeconds(1);

    private final RunStore store;
    private final Peers peers;
    private final Set<Move> underWay = ConcurrentHashMap.newKeySet();

    // Not a virtual one: what carries these may be kept busy by task code.
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            KEPT.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("moves").daemon().factory());

    public RunMover(RunStore store, Peers peers) {
        this.store = store;
        this.peers = peers;
        thread.allowCoreThreadTimeOut(true);
    }

    @Override
    public void asked(Routing.Choice peer, int runs) {
        boolean may = true;
        for (long wanted = runs - underWayTo(peer); may && wanted > 0; wanted--) {
            may = moveNext(peer);
        }
    }

    /** Each goes into one of the threads that the peer asks for. */
    private long underWayTo(Routing.Choice peer) {
        return underWay.stream()
                .filter(move -> move.peer.replica().equals(peer.replica()))
                .count();
    }

    /** @return whether there may be another */
    private boolean moveNext(Routing.Choice peer) {
        WaitingRun run = store.departures().takeFree(type -> peers.canRun(peer, type));
        if (run == null) {
            return false;
        }
        var move = new Move(run, peer);
        if (!hasRoom(move)) {
            store.departures().stays(run);
            return false;
        }
        underWay.add(move);
        try {
            thread.execute(move);
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // It ends, or the system refuses the thread; the heap's end is the process's.
            move.end(SureDelivery.Fate.NOT_TAKEN);
            return false;
        }
    }

    private boolean hasRoom(Move next) {
        long bytes = underWay.stream().mapToLong(Move::size).sum();
        return bytes == 0 || bytes + next.size() <= MOST_BYTES;
    }

    /** What is still on its way is over here, for nobody knows whether it is there. */
    public void close() throws InterruptedException {
        thread.shutdownNow();
        thread.awaitTermination(TO_END.toMillis(), TimeUnit.MILLISECONDS);
        underWay.forEach(move -> move.end(SureDelivery.Fate.UNKNOWN));
    }

    /** One run on its way to one peer. On the thread, but for its end. */
    private final class Move implements Runnable {
        private final WaitingRun run;
        private final Routing.Choice peer;
        private final SureDelivery delivery = new SureDelivery();
        private ByteBuffer bytes;

        Move(WaitingRun run, Routing.Choice peer) {
            this.run = run;
            this.peer = peer;
        }

        long size() {
            return run.body().bytes().remaining();
        }

        @Override
        public void run() {
            try {
                bytes = bytes == null ? Transfer.write(run) : bytes;
                peers.passes()
                        .post(peer, HandOver.PATH + run.move(), bytes, delivery.tried())
                        .thenAcceptAsync(this::heard, thread);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "A run could not be moved", e);
                end(SureDelivery.Fate.UNKNOWN);
            }
        }

        private void heard(PeerReply reply) {
            if (reply instanceof PeerReply.Declined declined) {
                peers.declined(peer, run.task(), declined.why());
            }
            SureDelivery.Fate fate = delivery.heard(reply);
            if (fate == null) {
                CompletableFuture.delayedExecutor(
                                SureDelivery.BETWEEN_ATTEMPTS.toMillis(), TimeUnit.MILLISECONDS, thread)
                        .execute(this);
            } else {
                end(fate);
            }
        }

        void end(SureDelivery.Fate fate) {
            if (!underWay.remove(this)) {
                return;
            }
            var departures = store.departures();
            switch (fate) {
                case TAKEN -> departures.left(run, peer.replica());
                case NOT_TAKEN -> departures.stays(run);
                case REFUSED -> departures.refused(run);
                case UNKNOWN -> departures.lost(run, peer.replica());
            }
        }
    }
}
