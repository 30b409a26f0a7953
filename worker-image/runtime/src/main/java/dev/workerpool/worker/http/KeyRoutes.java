package dev.workerpool.worker.http;

import dev.workerpool.worker.peers.KeyOrder;
import dev.workerpool.worker.peers.PassedRequest;
import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.peers.Peers;
import dev.workerpool.worker.peers.Routing;
import dev.workerpool.worker.pool.TaskPool;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Calls under a key among several replicas: the key decides which one has the run, wherever the call comes in. One that
 * takes no more runs, or cannot be reached, is passed over. For as long as a run that began before the peers have changed may
 * last and is kept, those that may have had the key before are asked first, and answer only if they know it.
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
        Arrival arrival = Arrival.direct(passed.admittedAt());
        Runnable run = () -> {
            boolean drains = pool.isClosed();
            Consumer<Response> refused = refusal -> {
                // The drain may have begun since: then it is for those that come next.
                boolean goesOn = !drains && pool.isClosed() && !tasks.knowsKey(request);
                List<Routing.Choice> rest = goesOn ? order.after() : List.of();
                tryOneByOne(rest, passed, exchange, () -> exchange.respond(refusal));
            };
            tryOneByOne(
                    drains ? order.all() : order.before(),
                    passed,
                    exchange,
                    () -> tasks.runKeyed(request, body, exchange, arrival, refused));
        };
        if (peers.haveChangedWithin(knownFor())) {
            tryOneByOne(order.asked(), passed, exchange, run);
        } else {
            run.run();
        }
    }

    /** How long after its admission a key is known, at most: a run is kept from its end on. */
    private Duration knownFor() {
        return pool.longestStay().plus(tasks.keptFor());
    }

    private void tryOneByOne(
            List<Routing.Choice> choices, PassedRequest passed, Exchange exchange, Runnable otherwise) {
        Iterator<Routing.Choice> rest = choices.iterator();
        if (!rest.hasNext()) {
            otherwise.run();
            return;
        }
        var owner = new PassedCall.Owner() {
            @Override
            public Routing.Choice other(boolean byPeer) {
                return rest.hasNext() ? rest.next() : null;
            }

            @Override
            public int mostTries() {
                return choices.size();
            }

            @Override
            public void here() {
                otherwise.run();
            }
        };
        new PassedCall(peers, passed, exchange, owner).pass(rest.next());
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
