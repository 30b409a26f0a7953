package dev.workerpool.worker.http;

import dev.workerpool.worker.io.ReadBuffers;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Map;

/**
 * The head of a request that is not whole, as bytes or as what was made of them. Told to the event loop's other connections as
 * what waits there. On the event loop only.
 */
final class WaitingHead {
    /** Up to here it waits also where much waits: any number of connections may have so much. */
    private static final long SMALL = 8 * 1024;

    /** Bytes of the heap that a header takes beside its text. */
    private static final long OBJECTS = 100;

    /** Bytes of a header as it comes: a letter, a colon and the end of the line. */
    private static final long SHORTEST = 4;

    /** Colon, space and the end of the line. */
    private static final int SEPARATORS = 4;

    private final ReadBuffers reads;
    private long cost;

    WaitingHead(ReadBuffers reads) {
        this.reads = reads;
    }

    /** What so many bytes of a head cost, whatever they are. */
    static long cost(long bytes) {
        return bytes + OBJECTS * Math.min(bytes / SHORTEST, HttpLimits.MAX_HEADER_COUNT);
    }

    static long cost(HttpHeaders headers) {
        return size(headers) + OBJECTS * headers.size();
    }

    /** Bytes, as they came. */
    static int size(HttpHeaders headers) {
        int size = 0;
        for (Map.Entry<String, String> header : headers) {
            size += header.getKey().length() + header.getValue().length() + SEPARATORS;
        }
        return size;
    }

    /** So much of it is there; 0 when none waits. */
    void is(long now) {
        if (now != cost) {
            reads.waits(now - cost);
            cost = now;
        }
    }

    /** Is it more than may wait, with all that waits there beside it? */
    boolean isTooMuch() {
        return cost > SMALL && reads.isScarce();
    }
}
