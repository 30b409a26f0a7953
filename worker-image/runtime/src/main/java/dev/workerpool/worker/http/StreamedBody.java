package dev.workerpool.worker.http;

import java.nio.ByteBuffer;

/**
 * The body of an answer that is made while it is sent, such as the events of a run. The connection pulls it part by part, as
 * the socket takes them: what a slow client has not taken has not been asked for, and costs nothing here. All methods are
 * called on the connection's event loop and must not block.
 */
interface StreamedBody {
    /** There is no more: the answer is whole. Told by its identity. */
    ByteBuffer END = ByteBuffer.allocate(0);

    /** There should have been more: the connection is cut, so that the client can tell. Told by its identity. */
    ByteBuffer BROKEN = ByteBuffer.allocate(0);

    /**
     * The next part, which nobody may change afterwards; {@link #END} or {@link #BROKEN}; or null when there is none yet:
     * whoever has one then calls {@link Exchange#advance}.
     */
    ByteBuffer next();

    /** How many bytes all parts have together, where that is known before they are there; -1 where it is not. */
    default long length() {
        return -1;
    }

    /** What to send when nothing was sent for {@link HttpLimits#KEEP_ALIVE}, for proxies in between; null for nothing. */
    default ByteBuffer keepAlive() {
        return null;
    }
}
