package dev.workerpool.mapping;

import dev.workerpool.task.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Gathers a streamed result where it is wanted whole: for a run whose result is kept, and in tests. Bounded. */
public final class GatheredResult extends ResultStream {
    /** The most that is kept of one result, in bytes: a streamed one has no end that anybody checked. */
    public static final int MAX = 64 * 1024 * 1024;

    private static final int FIRST = 8 * 1024;

    private final String mediaType;
    private final int limit;
    private byte[] bytes = {};
    private int length;

    /** @param limit in bytes */
    public GatheredResult(String mediaType, int limit) {
        this.mediaType = mediaType;
        this.limit = limit;
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
        if (count > limit - length) {
            throw new IOException("The result is over " + limit + " bytes, which is the most that is kept of one");
        }
        if (count > bytes.length - length) {
            long grown = Math.max(length + count, Math.max(FIRST, 2L * bytes.length));
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, grown));
        }
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    @Override
    public void flush() {}

    @Override
    public boolean isIdle() {
        return false;
    }

    @Override
    public Content finish() {
        return new Content(mediaType, ByteBuffer.wrap(bytes, 0, length));
    }
}
