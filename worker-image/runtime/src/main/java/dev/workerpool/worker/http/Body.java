package dev.workerpool.worker.http;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A request's body while it arrives: one array, which the task then gets as it is. On the heap, so that a task which keeps
 * its input beyond its run, or a thread that was given up, can never read another request's bytes.
 */
final class Body {
    private static final byte[] EMPTY = {};

    /** Up to here the array is made in the announced size at once: one byte costs its sender next to nothing. */
    private static final int FIRST = 64 * 1024;

    /** Once so much has come, up to here; beyond, only as bytes really come. */
    private static final int TRUSTED = 1 << 20;

    private final BodyBudget budget;
    private final boolean chunked;

    /** The length if it was announced, else the most that it may be. */
    private final long most;

    private byte[] bytes = EMPTY;
    private int length;

    /**
     * @param announced the Content-Length, -1 when it is chunked
     * @param limit that it is refused beyond, by others
     */
    Body(BodyBudget budget, long announced, long limit) {
        this.budget = budget;
        this.chunked = announced < 0;
        this.most = Math.min(chunked ? limit : announced, Integer.MAX_VALUE - 8);
    }

    /** @return false when the budget has no room for it */
    boolean append(ByteBuf content) {
        int more = content.readableBytes();
        if (more > bytes.length - length && !grow(length + more)) {
            return false;
        }
        content.readBytes(bytes, length, more);
        length += more;
        return true;
    }

    /** Where there is no room for more, by little: but never byte by byte, for each time all that is there is copied. */
    private boolean grow(int needed) {
        return grow(needed, Math.max(2L * bytes.length, expected())) || grow(needed, bytes.length + bytes.length / 8);
    }

    private int expected() {
        if (chunked) {
            return 0;
        }
        return bytes.length < FIRST ? FIRST : TRUSTED;
    }

    private boolean grow(int needed, long wanted) {
        int size = (int) Math.max(needed, Math.min(most, wanted));
        if (!budget.reserve(size - bytes.length)) {
            return false;
        }
        bytes = bytes.length == 0 ? new byte[size] : Arrays.copyOf(bytes, size);
        return true;
    }

    int length() {
        return length;
    }

    ByteBuffer whole() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    void release() {
        if (bytes.length > 0) {
            budget.release(bytes.length);
            bytes = EMPTY;
        }
        length = 0;
    }
}
