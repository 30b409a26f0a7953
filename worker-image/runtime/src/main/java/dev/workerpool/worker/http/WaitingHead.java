package dev.workerpool.worker.http;

import dev.workerpool.worker.io.ReadBuffers;

/**
 * The head of a request that is not whole: it waits as bytes, and once it is read as what was made of them, which is as much.
 * Told to the event loop's other connections as what waits there. On the event loop only.
 */
final class WaitingHead {
    /** Up to here it waits also where much waits: any number of connections may have so much. */
    private static final int SMALL = 1024;

    private final ReadBuffers reads;
    private long bytes;

    WaitingHead(ReadBuffers reads) {
        this.reads = reads;
    }

    /** So much of it is there; 0 when none waits. */
    void is(long now) {
        if (now != bytes) {
            reads.waits(now - bytes);
            bytes = now;
        }
    }

    /** Is it more than may wait, with all that waits there beside it? */
    boolean isTooMuch() {
        return bytes > SMALL && reads.isScarce();
    }
}
