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
    private final long announced;
    private byte[] bytes = EMPTY;
    private int length;

    /** @param announced the Content-Length, -1 when it is chunked */
    Body(BodyBudget budget, long announced) {
        this.budget = budget;
        this.announced = announced;
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

    private boolean grow(int needed) {
        int size;
        if (announced >= 0) {
            int expected = bytes.length < FIRST ? FIRST : TRUSTED;
            size = (int) Math.min(announced, Math.max(expected, Math.max(needed, 2L * bytes.length)));
        } else {
            size = Math.toIntExact(Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * bytes.length)));
        }
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
