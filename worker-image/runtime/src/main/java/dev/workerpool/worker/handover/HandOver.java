package dev.workerpool.worker.handover;

import dev.workerpool.worker.peers.PassReason;
import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.peers.PeerReply;
import dev.workerpool.worker.peers.Peers;
import dev.workerpool.worker.peers.Routing;
import dev.workerpool.worker.pool.RunIds;
import dev.workerpool.worker.runs.RetainedRun;
import dev.workerpool.worker.runs.RunKey;
import dev.workerpool.worker.runs.RunStore;
import dev.workerpool.worker.runs.WaitingRun;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Brings the runs of a worker that drains to its peers: those that wait, to be done there, and those that are over, to be
 * asked for there. {@link #start} when the worker admits nothing any more, {@link #finish} when it runs nothing any more.
 *
 * <p>A run that waits is out of the queue while it is on its way. Only a peer that certainly has not got it lets it go
 * elsewhere or stay: if the answer is lost, the same peer is asked again, which takes it once at most; and if that does not
 * help, the run is over here and not done a second time. What is over can be at two places without harm.
 */
public final class HandOver {
    public static final String PATH = "/peers/runs/";

    private static final Logger LOG = System.getLogger(HandOver.class.getName());

    /** Of the peers, for one run. */
    private static final int MOST_ASKED = 8;

    /** Runs that wait and that nobody took, after which it is likely that nobody has room. */
    private static final int MOST_IN_A_ROW = 8;

    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(100);

    /** For the thread to hear of an interrupt: it waits for an answer, or sleeps. */
    private static final Duration TO_HEAR = Duration.ofSeconds(1);

    /** What came of offering a run to all peers. */
    private enum Offer {
        TAKEN,
        /** One was not reached, goes too, so that another will take its place, or has no memory for it now. */
        NOT_YET,
        REFUSED
    }

    private final RunStore store;
    private final Peers peers;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Set<String> placed = ConcurrentHashMap.newKeySet();

    /** Peers that were not reached in this round, or from which no answer came. */
    private final Set<String> silent = new HashSet<>();

    /** Runs that wait and that nobody took, since all were tried. */
    private final Set<String> staying = new HashSet<>();

    /** Null where the system has none for it. */
    private Thread thread;

    private boolean hasFailed;
    private volatile long deadline = Long.MAX_VALUE;

    public HandOver(RunStore store, Peers peers) {
        this.store = store;
        this.peers = peers;
    }

    /** From now on runs are brought away as they end, and as peers take them. */
    public void start() {
        // Not a virtual one: what carries these may be kept busy by task code.
        try {
            thread = Thread.ofPlatform().name("hand-over").daemon().start(this::work);
        } catch (OutOfMemoryError e) {
            // Not of the heap, that ends the process: the system refuses the thread, and the drain has to go on.
            LOG.log(
                    Level.WARNING,
                    "There is no thread to bring runs away, so they go when all that is accepted is done",
                    e);
        }
    }

    /**
     * Brings away what has ended by now. Peers that cannot be reached, or that go too, are asked again: the list of them may
     * be older than they are.
     *
     * @param patience for how long to try
     * @return how many runs are lost with this worker, for no peer has taken them
     */
    public int finish(Duration patience) throws InterruptedException {
        deadline = System.nanoTime() + patience.toNanos();
        stopping.countDown();
        if (thread == null) {
            work();
        } else if (!thread.join(patience)) {
            thread.interrupt();
            // Whatever it is in, a drain comes to its end.
            thread.join(TO_HEAR);
        }
        int lost = notPlaced().size();
        if (lost > 0) {
            LOG.log(Level.WARNING, "{0} runs that are kept are lost with this replica: no other takes them", lost);
        }
        if (!placed.isEmpty()) {
            LOG.log(Level.INFO, "{0} runs are with other replicas now", placed.size());
        }
        return lost;
    }

    private void work() {
        try {
            for (boolean again = true; again; ) {
                boolean last = stopping.await(BETWEEN_ROUNDS.toMillis(), TimeUnit.MILLISECONDS);
                boolean mayBeTaken = roundOrAnother();
                again = !last || mayBeTaken && System.nanoTime() < deadline;
                if (last && again) {
                    Thread.sleep(BETWEEN_ROUNDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What fails of one round must not keep all other runs from leaving. */
    private boolean roundOrAnother() throws InterruptedException {
        try {
            return round();
        } catch (RuntimeException e) {
            LOG.log(hasFailed ? Level.DEBUG : Level.ERROR, "Runs could not be handed over; again, until they can", e);
            hasFailed = true;
            return true;
        }
    }

    /** @return whether there are runs that no peer has taken yet, and one may */
    private boolean round() throws InterruptedException {
        if (!peers.hasPeers()) {
            return false;
        }
        silent.clear();
        moveWaiting();
        return moveEnded();
    }

    /** What stays is tried again, behind all others, if it has no thread here by then. */
    private void moveWaiting() throws InterruptedException {
        for (int inARow = 0; inARow < MOST_IN_A_ROW; ) {
            WaitingRun run = store.departures().take(id -> !staying.contains(id));
            if (run == null) {
                staying.clear();
                return;
            }
            if (move(run)) {
                inARow = 0;
            } else {
                staying.add(run.id());
                inARow++;
            }
        }
    }

    /** @return false when it stays */
    private boolean move(WaitingRun run) throws InterruptedException {
        var departures = store.departures();
        boolean settled = false;
        String asked = "none";
        try {
            ByteBuffer bytes = Transfer.write(run);
            for (Routing.Choice peer : candidates(run.id(), run.key())) {
                asked = peer.replica();
                switch (deliver(peer, run, bytes)) {
                    case TAKEN -> {
                        settled = true;
                        placed.add(run.id());
                        departures.left(run, asked);
                        return true;
                    }
                    case UNKNOWN -> {
                        return true;
                    }
                    case NOT_TAKEN, REFUSED -> {} // The next one may.
                }
            }
            settled = true;
            departures.stays(run);
            return false;
        } finally {
            if (!settled) {
                departures.lost(run, asked);
            }
        }
    }

    private SureDelivery.Fate deliver(Routing.Choice peer, WaitingRun run, ByteBuffer bytes)
            throws InterruptedException {
        var delivery = new SureDelivery();
        SureDelivery.Fate fate = null;
        while (fate == null && System.nanoTime() < deadline) {
            fate = delivery.heard(post(peer, run.move(), bytes, delivery.tried()));
            if (fate == null) {
                Thread.sleep(SureDelivery.BETWEEN_ATTEMPTS);
            }
        }
        return fate == null ? delivery.outOfTime() : fate;
    }

    private boolean moveEnded() throws InterruptedException {
        boolean mayBeTaken = false;
        for (String id : notPlaced()) {
            if (System.nanoTime() > deadline) {
                return true;
            }
            // One at a time: all of them at once, events and all, may be a third of the heap.
            RetainedRun run = store.retained(id);
            mayBeTaken |= run != null && offer(run) == Offer.NOT_YET;
        }
        return mayBeTaken;
    }

    private List<String> notPlaced() {
        return store.retained(id -> !placed.contains(id));
    }

    private Offer offer(RetainedRun run) throws InterruptedException {
        String id = run.ended().id();
        ByteBuffer bytes = Transfer.write(run);
        Offer offer = silent.isEmpty() ? Offer.REFUSED : Offer.NOT_YET;
        for (Routing.Choice peer : candidates(id, run.key())) {
            switch (post(peer, id, bytes, Duration.ZERO)) {
                case PeerReply.Answered answered -> {
                    if (answered.isSuccess()) {
                        placed.add(id);
                        return Offer.TAKEN;
                    }
                }
                case PeerReply.Declined declined -> {
                    if (!declined.byPeer() || PeerHeaders.mayPass(declined.why())) {
                        offer = Offer.NOT_YET;
                    }
                }
                case PeerReply.Lost lost -> offer = Offer.NOT_YET;
            }
        }
        return offer;
    }

    /**
     * A run with a key goes where calls with the key go, and no further than they do. Who is silent is not asked again before the
     * next round: half a second for each run, and those behind would be lost though others take them.
     */
    private List<Routing.Choice> candidates(String id, RunKey key) {
        String name = key == null ? id : key.name();
        int most = key == null ? MOST_ASKED + silent.size() : MOST_ASKED;
        return peers.candidates(name, RunIds.owner(id), PassReason.HAND_OVER, most).stream()
                .filter(peer -> !silent.contains(peer.replica()))
                .limit(MOST_ASKED)
                .toList();
    }

    private PeerReply post(Routing.Choice peer, String name, ByteBuffer bytes, Duration tried)
            throws InterruptedException {
        PeerReply reply;
        try {
            reply = peers.passes().post(peer, PATH + name, bytes, tried).get();
        } catch (ExecutionException e) {
            reply = new PeerReply.Lost(String.valueOf(e.getCause()));
        }
        boolean isSilent =
                reply instanceof PeerReply.Lost || reply instanceof PeerReply.Declined declined && !declined.byPeer();
        if (isSilent) {
            silent.add(peer.replica());
        }
        return reply;
    }
}
