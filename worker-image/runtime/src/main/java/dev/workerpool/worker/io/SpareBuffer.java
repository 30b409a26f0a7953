package dev.workerpool.worker.io;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * A piece of native memory that large bodies pass through, the same again and again: Netty's allocator gets and gives back
 * memory of such sizes all the time, and each time the JVM fills it with zeros first. What passes through it is copied on
 * at once, so it is mostly free; while it is not, the allocator gives another. Taken by one event loop, released by anyone.
 */
public final class SpareBuffer {
    private final int size;
    /** Made when it is first asked for; most workers never see a large body. */
    private ByteBuf whole;

    public SpareBuffer(int size) {
        this.size = size;
    }

    /** @return an empty buffer of that size, to be released */
    public ByteBuf take(ByteBufAllocator others) {
        return take(others, size);
    }

    /** @return an empty buffer with room for so much, to be released: whoever waits for long holds no more than that */
    public ByteBuf take(ByteBufAllocator others, int needed) {
        if (whole == null) {
            whole = Unpooled.directBuffer(size, size);
        }
        // Whoever took it last may still wait for a socket, or for the rest of a head.
        return whole.refCnt() > 1
                ? others.directBuffer(needed, size)
                : whole.retainedDuplicate().clear();
    }
}
