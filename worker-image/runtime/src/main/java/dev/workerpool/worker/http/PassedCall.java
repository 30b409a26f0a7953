package dev.workerpool.worker.http;

import dev.workerpool.worker.peers.Pass;
import dev.workerpool.worker.peers.PassObserver;
import dev.workerpool.worker.peers.PassedRequest;
import dev.workerpool.worker.peers.Routing;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.ByteBuffer;

/**
 * A request that a peer carries out, and the exchange that waits for the answer. Whatever the peer does, the client gets one
 * answer: the peer's, this replica's own when the peer declines, or that nobody knows. On the exchange's event loop only.
 */
final class PassedCall implements PassObserver {
    /** Peers that are asked to take what this replica cannot, before the client is told to come back. */
    private static final int MOST_TRIES = 3;

    private final PeerRoutes routes;
    private final Request request;
    private final ByteBuffer body;
    private final Exchange exchange;
    private final long admittedAt = System.nanoTime();
    private int tries;
    private String peer;
    private Pass pass;
    private boolean over;
    private RelayedAnswer answer;

    PassedCall(PeerRoutes routes, Request request, ByteBuffer body, Exchange exchange) {
        this.routes = routes;
        this.request = request;
        this.body = body;
        this.exchange = exchange;
    }

    void pass(Routing.Choice choice) {
        int mine = ++tries;
        peer = choice.replica();
        String target = request.path() + request.query();
        var passed = new PassedRequest(request.method(), target, request.headers(), body, admittedAt);
        Pass begun = routes.pass(exchange, passed, choice, this);
        if (!over && tries == mine) {
            pass = begun;
            exchange.onAbandoned(this::abandoned);
        }
    }

    /** The peer's run ends with the connection, as it would here. */
    private void abandoned() {
        if (!over) {
            over = true;
            pass.cancel();
        }
    }

    @Override
    public void answered(int status, HttpHeaders headers) {
        answer = RelayedAnswer.of(status, headers, exchange, on -> pass.read(on));
    }

    @Override
    public void part(ByteBuf bytes) {
        answer.add(bytes);
    }

    @Override
    public void ended() {
        over = true;
        answer.end();
    }

    @Override
    public void declined(String why) {
        Routing.Choice other = tries < MOST_TRIES ? routes.other() : null;
        if (other != null) {
            pass(other);
        } else {
            over = true;
            routes.here(request, body, exchange, admittedAt);
        }
    }

    @Override
    public void lost(String why) {
        over = true;
        if (answer == null || !answer.breakOff()) {
            exchange.respond(routes.lost(peer, why));
        }
    }
}
