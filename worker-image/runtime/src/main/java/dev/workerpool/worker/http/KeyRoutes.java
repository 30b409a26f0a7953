package dev.workerpool.worker.http;

import dev.workerpool.worker.peers.KeyOrder;
import dev.workerpool.worker.peers.PassedRequest;
import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.peers.Peers;
import dev.workerpool.worker.peers.Routing;
import dev.workerpool.worker.pool.TaskPool;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Calls under a key among several replicas: the key decides which one has the run, wherever the call comes in. One that
 * takes no more runs, or cannot be reached, is passed over. For as long as a run that began before the peers have changed may
 * last and is kept, those that may have had the key before are asked first, and answer only if they know it; and so they are
 * before another has the run in place of one that goes or has gone, for that one may have handed it to any of them.
 */
final class KeyRoutes {
    /** What a replica says that was asked for a run it does not know. */
    private static final String UNKNOWN = "unknown-key";

    private static final int NOT_FOUND = 404;

    private final TaskRoutes tasks;
    private final TaskPool pool;
    private final Peers peers;

    KeyRoutes(TaskRoutes tasks, TaskPool pool, Peers peers) {
        this.tasks = tasks;
        this.pool = pool;
        this.peers = peers;
    }

    boolean isKeyed(Request request) {
        return StoredCalls.hasKey(request) && tasks.isRun(request);
    }

    /** Is it for the peers to say what becomes of a client's call? */
    boolean isElsewhere(Request request) {
        return peers.hasPeers() && isKeyed(request) && key(request) != null && !tasks.knowsKey(request);
    }

    /** @return null when there is none, or none that is well-formed */
    private static String key(Request request) {
        try {
            return IdempotencyKey.of(request.headers());
        } catch (InvalidHeaderException e) {
            return null;
        }
    }

    void handle(Request request, ByteBuffer body, Exchange exchange) {
        PassedRequest passed = PassedCall.request(request, body, System.nanoTime());
        KeyOrder order = peers.orderOf(key(request));
        var search = new Search(passed, exchange);
        Arrival arrival = Arrival.direct(passed.admittedAt());
        boolean drains = pool.isClosed();
        Runnable run = () -> {
            Consumer<Response> refused = refusal -> {
                Runnable answer = () -> exchange.respond(refusal);
                // The drain may have begun since: then it is for those that come next, and the run may have gone to
                // any.
                boolean goesOn = !drains && pool.isClosed() && !tasks.knowsKey(request);
                if (goesOn) {
                    search.oneByOne(order.asked(), () -> search.oneByOne(order.after(), answer));
                } else {
                    answer.run();
                }
            };
            Runnable here = () -> tasks.runKeyed(request, body, exchange, arrival, refused);
            search.inOrder(drains ? order.all() : order.before(), order.asked(), here);
        };
        if (drains || peers.haveChangedWithin(knownFor())) {
            search.oneByOne(order.asked(), run);
        } else {
            run.run();
        }
    }

    /** How long after its admission a key is known, at most: a run is kept from its end on. */
    private Duration knownFor() {
        return pool.longestStay().plus(tasks.keptFor());
    }

    /** One call's way from replica to replica. */
    private final class Search {
        private final PassedRequest passed;
        private final Exchange exchange;

        /** They are not asked again: each may take half a second until it counts as out of reach. */
        private final Set<String> unreachable = new HashSet<>();

        Search(PassedRequest passed, Exchange exchange) {
            this.passed = passed;
            this.exchange = exchange;
        }

        /** @param known asked whether they know the key before the first is passed over */
        void inOrder(List<Routing.Choice> owners, List<Routing.Choice> known, Runnable otherwise) {
            if (owners.isEmpty()) {
                otherwise.run();
                return;
            }
            List<Routing.Choice> others = owners.subList(1, owners.size());
            Runnable next = () -> oneByOne(others, otherwise);
            oneByOne(owners.subList(0, 1), () -> oneByOne(known, next));
        }

        void oneByOne(List<Routing.Choice> choices, Runnable otherwise) {
            List<Routing.Choice> reachable = choices.stream()
                    .filter(choice -> !unreachable.contains(choice.replica()))
                    .toList();
            if (reachable.isEmpty()) {
                otherwise.run();
                return;
            }
            var owner = new PassedCall.Owner() {
                private int asked;

                @Override
                public Routing.Choice other(String why, boolean byPeer) {
                    if (!byPeer) {
                        unreachable.add(reachable.get(asked).replica());
                    }
                    asked++;
                    return asked < reachable.size() ? reachable.get(asked) : null;
                }

                @Override
                public int mostTries() {
                    return reachable.size();
                }

                @Override
                public void here() {
                    otherwise.run();
                }
            };
            new PassedCall(peers, passed, exchange, owner).pass(reachable.getFirst());
        }
    }

    /**
     * Why the next replica is to be asked in place of this one, for a peer's call. What this one answers, refusals
     * included, is the answer for all: a second replica might know nothing of the first run.
     *
     * @return null when it is this one's
     */
    String passOn(Request request) {
        if (tasks.knowsKey(request)) {
            return null;
        }
        if (request.headers().contains(PeerHeaders.KNOWN_ONLY)) {
            return UNKNOWN;
        }
        return pool.isClosed() ? PeerHeaders.DRAINING : null;
    }

    /** The same for a call that is refused. A type that is unknown here has never run here. */
    String passOn(Request request, Response refusal) {
        return refusal.status() == NOT_FOUND ? "unknown-task" : passOn(request);
    }
}
