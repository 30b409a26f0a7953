package dev.workerpool.worker.http;

import dev.workerpool.worker.kept.KeptPass;
import java.nio.ByteBuffer;

/** What a port serves. Called on event loops: must not block. */
interface Routes {
    /** Decides from the head alone, before the body is received. @return the refusal, or null to go on */
    Response refuse(Request request);

    /** Sees to it that the exchange is answered, now or later. */
    void handle(Request request, ByteBuffer body, Exchange exchange);

    /** Goes on with a request that the worker before this one has passed to a peer. Only where connections are kept. */
    default void resume(Request request, ByteBuffer body, KeptPass pass, Exchange exchange) {
        throw new UnsupportedOperationException();
    }

    /** The answer as this port's own. */
    default Response identified(Response response) {
        return response;
    }

    /**
     * A request was cut off because the buffers of all connections are full.
     *
     * @param request that went through {@link #refuse}; null when not even its head is whole
     */
    default Response bufferFull(Request request) {
        return Problem.BUFFER_FULL.retryAfter(1, "The requests being handled take all the memory they may");
    }
}
