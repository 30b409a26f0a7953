package dev.workerpool.worker.http;

import dev.workerpool.worker.peers.PassReason;
import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.peers.Peers;
import dev.workerpool.worker.peers.Routing;
import dev.workerpool.worker.pool.RunIds;
import dev.workerpool.worker.runs.RunStore;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;

/**
 * Requests for a run by its id that this replica has not got: asks the replica it began at, and when that is gone, or another
 * worker than it was, or has handed the run over, the others, one after the other, in the order in which it would have been
 * handed to them. Whoever is said to have got it is asked before them.
 */
final class RunSearch {
    /** What a replica says that was not the run's first, and has not got it. */
    static final String UNKNOWN = "unknown-run";

    /** What a replica says that had the run, and where it is now, as far as that is known. */
    static final String MOVED = "moved";

    private static final String MOVED_TO = MOVED + "; to=";

    /**
     * What the run's first replica says when a worker before this one had the run, which may have handed it over: unless another
     * has it, there was such a run, and it is no longer kept.
     */
    static final String EARLIER = "earlier-worker";

    private static final int MOST_ASKED = 64;

    private final Peers peers;
    private final RunStore store;

    RunSearch(Peers peers, RunStore store) {
        this.peers = peers;
        this.store = store;
    }

    /** @return null when the request is not for a run */
    static String id(Request request) {
        String path = request.path();
        if (!path.startsWith(RunRoutes.PREFIX)) {
            return null;
        }
        int end = path.indexOf('/', RunRoutes.PREFIX.length());
        return end < 0 ? path.substring(RunRoutes.PREFIX.length()) : path.substring(RunRoutes.PREFIX.length(), end);
    }

    /** Is it for a run that another replica may have? */
    boolean isElsewhere(Request request) {
        String id = id(request);
        return id != null && peers.hasPeers() && store.find(id) == null && !isOwn(id);
    }

    /** Can nobody but this replica say anything of the run? */
    private boolean isOwn(String id) {
        String owner = RunIds.owner(id);
        return owner == null
                || owner.equals(peers.replica()) && !store.departures().mayHaveLeft(id) && !store.isOfEarlierWorker(id);
    }

    /** Why a peer that asks had better ask the next. @return null when the answer from here is all there is to say */
    String passOn(Request request) {
        String id = id(request);
        if (id == null || store.find(id) != null || isOwn(id)) {
            return null;
        }
        if (store.departures().mayHaveLeft(id)) {
            String place = store.departures().place(id);
            return place == null ? MOVED : MOVED_TO + place;
        }
        return store.isOfEarlierWorker(id) ? EARLIER : UNKNOWN;
    }

    /** @param otherwise answers when none of the others has the run */
    void ask(Request request, ByteBuffer body, Exchange exchange, Runnable otherwise) {
        String id = id(request);
        String place = store.departures().place(id);
        Iterator<Routing.Choice> candidates = candidates(id, place == null ? RunIds.owner(id) : place, MOST_ASKED)
                .iterator();
        var search = new PassedCall.Owner() {
            private Routing.Choice asked = candidates.next();
            private String unreachable;
            private boolean was;

            @Override
            public Routing.Choice other(String why, boolean byPeer) {
                if (!byPeer && unreachable == null) {
                    unreachable = asked.replica();
                }
                was |= byPeer && (why.equals(EARLIER) || why.startsWith(MOVED));
                asked = byPeer && why.startsWith(MOVED_TO) ? at(id, why.substring(MOVED_TO.length())) : null;
                if (asked == null && candidates.hasNext()) {
                    asked = candidates.next();
                }
                return asked;
            }

            @Override
            public int mostTries() {
                return MOST_ASKED;
            }

            @Override
            public void here() {
                if (unreachable != null) {
                    respond(Problem.OWNER_UNREACHABLE.retryAfter(
                            1, "Replica " + unreachable + ", which may have the run, cannot be reached"));
                } else if (was) {
                    respond(RunRoutes.expired(store.settings()));
                } else {
                    otherwise.run();
                }
            }

            private void respond(Response response) {
                exchange.respond(response.with(PeerHeaders.REPLICA, peers.replica()));
            }
        };
        new PassedCall(peers, PassedCall.request(request, body, System.nanoTime()), exchange, search)
                .pass(search.asked);
    }

    private List<Routing.Choice> candidates(String id, String first, int most) {
        return peers.candidates(id, first, PassReason.OWNER, most);
    }

    /** @return null when there is no such peer */
    private Routing.Choice at(String id, String replica) {
        return candidates(id, replica, 1).stream()
                .filter(first -> first.replica().equals(replica))
                .findFirst()
                .orElse(null);
    }
}
