package dev.workerpool.worker.http;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that the bodies of all requests and answers may take together. Thread-safe. */
public final class BodyBudget {
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    public BodyBudget(long limit) {
        this.limit = limit;
    }

    /** @return whether there was room */
    boolean reserve(long bytes) {
        if (used.addAndGet(bytes) <= limit) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /** Counts what exists already, such as an answer: there is no refusing it, but new requests are while it lasts. */
    void charge(long bytes) {
        used.addAndGet(bytes);
    }

    void release(long bytes) {
        used.addAndGet(-bytes);
    }

    public long limit() {
        return limit;
    }

    public long used() {
        return used.get();
    }
}
