package dev.workerpool.worker.http;

import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.peers.Peers;
import dev.workerpool.worker.peers.Routing;
import java.nio.ByteBuffer;

/**
 * A client's run that a peer is to do, and that is done here when none does. One that waits at a peer may come back: then it
 * keeps its place, goes at most into a thread that is idle, and waits here otherwise, where whoever turns idle may have it.
 */
final class PassedRun implements PassedCall.Owner {
    private final TaskRoutes tasks;
    private final Peers peers;
    private final Request request;
    private final ByteBuffer body;
    private final Exchange exchange;
    private final long admittedAt = System.nanoTime();
    private final String type;
    private Routing.Choice asked;
    private boolean returned;

    PassedRun(TaskRoutes tasks, Peers peers, Request request, ByteBuffer body, Exchange exchange) {
        this.tasks = tasks;
        this.peers = peers;
        this.request = request;
        this.type = TaskRoutes.type(request);
        this.body = body;
        this.exchange = exchange;
    }

    void pass(Routing.Choice choice) {
        asked = choice;
        var passed = PassedCall.request(request, body, admittedAt).returnable(true);
        new PassedCall(peers, passed, exchange, this).pass(choice);
    }

    @Override
    public Routing.Choice other(String why, boolean byPeer) {
        peers.declined(asked, type, why);
        returned |= PeerHeaders.RETURNED.equals(why);
        asked = another();
        return asked;
    }

    private Routing.Choice another() {
        if (tasks.pool().isClosed()) {
            return peers.elsewhere(type);
        }
        return tasks.pool().idle() > 0 ? null : peers.onDecline(type, returned);
    }

    @Override
    public void here() {
        Response refusal = returned ? tasks.refuseAnywhere(request) : tasks.refuse(request);
        if (refusal == null) {
            Arrival arrival = returned ? Arrival.returned(admittedAt) : Arrival.direct(admittedAt);
            refusal = tasks.run(request, body, exchange, arrival);
        }
        if (refusal != null) {
            exchange.respond(refusal);
        }
    }
}
