package dev.workerpool.worker.runs;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes that all runs together keep. Thread-safe. */
final class RunMemory {
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    RunMemory(long limit) {
        this.limit = limit;
    }

    /** What a buffer keeps in memory: all of the array behind it, of which it may be a part. */
    static int of(ByteBuffer bytes) {
        return bytes.hasArray() ? bytes.array().length : bytes.remaining();
    }

    boolean hasRoom(long bytes) {
        return used.get() + bytes <= limit;
    }

    void charge(long bytes) {
        used.addAndGet(bytes);
    }

    void release(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }

    long limit() {
        return limit;
    }
}
