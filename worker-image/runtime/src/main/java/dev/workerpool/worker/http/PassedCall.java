package dev.workerpool.worker.http;

import dev.workerpool.worker.kept.KeptPass;
import dev.workerpool.worker.peers.Pass;
import dev.workerpool.worker.peers.PassObserver;
import dev.workerpool.worker.peers.PassedRequest;
import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.peers.Peers;
import dev.workerpool.worker.peers.Routing;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.ByteBuffer;

/**
 * A request that a peer carries out, and the exchange that waits for the answer. Whatever the peer does, the client gets one
 * answer: the peer's, this replica's own when the peer declines, or that nobody knows. On the exchange's event loop only.
 */
final class PassedCall implements PassObserver {
    /** Whose request it is. */
    interface Owner {
        /**
         * A peer has declined.
         *
         * @param why in a word, if it said so
         * @param byPeer whether it said so; otherwise it could not be reached
         * @return another to try; null when this replica is to do it
         */
        Routing.Choice other(String why, boolean byPeer);

        /** How many peers are tried before it is done here. */
        default int mostTries() {
            return MOST_TRIES;
        }

        /** No peer does it: this replica has to. */
        void here();

        /** It is answered, or its client has gone. */
        default void over() {}
    }

    /** Peers that are asked to take what this replica cannot, before the client is told to come back. */
    private static final int MOST_TRIES = 3;

    private final Peers peers;
    private PassedRequest request;
    private final Exchange exchange;
    private final Owner owner;
    private int tries;
    private String peer;
    private boolean mayHaveBegun = true;
    private Pass pass;
    private boolean over;
    private RelayedAnswer answer;

    PassedCall(Peers peers, PassedRequest request, Exchange exchange, Owner owner) {
        this.peers = peers;
        this.request = request;
        this.exchange = exchange;
        this.owner = owner;
    }

    /** @param admittedAt when it came to this replica */
    static PassedRequest request(Request request, ByteBuffer body, long admittedAt) {
        String target = request.path() + request.query();
        // The answer to a HEAD has a length and no body, which is for the client's connection alone to know.
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        return new PassedRequest(method, target, request.headers(), body, admittedAt);
    }

    void pass(Routing.Choice choice) {
        int mine = ++tries;
        peer = choice.replica();
        mayHaveBegun = choice.reason().mayBegin();
        Pass begun = peers.passes().pass(exchange.loop(), request, choice, this);
        if (!over && tries == mine) {
            pass = begun;
            exchange.onAbandoned(this::abandoned);
        }
    }

    /** The worker before this one has passed it, and died. */
    void resume(KeptPass kept) {
        peer = kept.replica();
        tries++;
        Pass begun = peers.passes().resume(exchange.loop(), request, kept, this);
        if (!over) {
            pass = begun;
            exchange.onAbandoned(this::abandoned);
        }
    }

    /** The peer's run ends with the connection, as it would here. */
    private void abandoned() {
        if (answer != null) {
            answer.abandon();
        }
        if (!over) {
            over = true;
            pass.cancel();
            owner.over();
        }
    }

    @Override
    public void sending() {
        exchange.begins();
    }

    @Override
    public void sent(KeptPass on) {
        exchange.passed(on);
    }

    @Override
    public void answered(int status, HttpHeaders headers) {
        answer = RelayedAnswer.of(status, headers, peers.replica(), exchange, on -> pass.read(on));
    }

    @Override
    public void part(ByteBuf bytes) {
        answer.add(bytes);
    }

    @Override
    public void ended() {
        over = true;
        owner.over();
        answer.end();
    }

    @Override
    public void declined(String why, boolean byPeer) {
        exchange.declined();
        if (PeerHeaders.RETURNED.equals(why)) {
            request = request.returnable(false); // Or it might go to and fro.
            tries = 0; // It was taken: who declined it before may have room now.
        }
        Routing.Choice other = owner.other(why, byPeer);
        if (other != null && tries < owner.mostTries()) {
            pass(other);
        } else {
            over = true;
            owner.here();
        }
    }

    /** How the run stands is an answer too, and who likes to wait for its end asks the next replica. */
    @Override
    public void hurried(Routing.Choice there) {
        exchange.declined();
        request = request.withoutWaiting();
        pass(there);
    }

    @Override
    public void lost(String why) {
        if (answer == null && !mayHaveBegun) {
            declined(why, false);
            return;
        }
        over = true;
        owner.over();
        if (answer == null || !answer.breakOff()) {
            exchange.respond(Problem.lostWith(peer, why).with(PeerHeaders.REPLICA, peers.replica()));
        }
    }
}
