package dev.workerpool.worker.peers;

import dev.workerpool.worker.kept.KeptPass;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * Who passed a request. Called on the event loop it was passed on; exactly one of {@link #ended}, {@link #declined},
 * {@link #hurried} and {@link #lost} comes, as the last. After a cancel nothing comes.
 */
public interface PassObserver {
    /** From now on the peer may come to have the request; until now nobody can have begun with it. */
    default void sending() {}

    /**
     * The peer has the request, whole, and nothing came back yet.
     *
     * @param on the connection that the answer comes on; null when it ends with this process
     */
    default void sent(KeptPass on) {}

    /** The head of the answer. */
    void answered(int status, HttpHeaders headers);

    /** The next bytes of the answer's body, which are gone after the call. */
    void part(ByteBuf bytes);

    /** The answer is whole. */
    void ended();

    /**
     * The peer has not begun and will not: whoever passed the request may do it, or pass it to another.
     *
     * @param byPeer whether the peer itself says so; otherwise the request has not reached it
     */
    void declined(String why, boolean byPeer);

    /**
     * This replica goes, and the peer would go on waiting before it answers what can be asked again: whoever passed it may ask
     * for an answer at once, there.
     */
    default void hurried(Routing.Choice there) {
        lost("this replica goes");
    }

    /** The peer may have done it, and nobody will learn: it must not be done again. Also in the middle of an answer. */
    void lost(String why);
}
