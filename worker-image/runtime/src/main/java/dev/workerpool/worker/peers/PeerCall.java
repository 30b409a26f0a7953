package dev.workerpool.worker.peers;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.CompletableFuture;

/** A request of this replica's own to a peer, of whose answer only the status matters. */
final class PeerCall implements PassObserver {
    private final CompletableFuture<PeerReply> reply = new CompletableFuture<>();
    private int status;

    CompletableFuture<PeerReply> reply() {
        return reply;
    }

    @Override
    public void answered(int answered, HttpHeaders headers) {
        status = answered;
    }

    @Override
    public void part(ByteBuf bytes) {
        // What else it says is for people.
    }

    @Override
    public void ended() {
        reply.complete(new PeerReply.Answered(status));
    }

    @Override
    public void declined(String why, boolean byPeer) {
        reply.complete(new PeerReply.Declined(why, byPeer));
    }

    @Override
    public void lost(String why) {
        reply.complete(new PeerReply.Lost(why));
    }
}
