package dev.workerpool.worker.http;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The memory that the bodies of all requests and answers may take together. Thread-safe. */
public final class BodyBudget {
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /** How many send what many may send at once, by whose it is. Guarded by itself. */
    private final Map<Object, Integer> shared = new IdentityHashMap<>();

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

    /** Would there be room now? A hint, for refusing early what is costly to receive. */
    boolean hasRoom(long bytes) {
        return used.get() + bytes <= limit;
    }

    /** Counts what exists already, such as an answer: there is no refusing it, but new requests are while it lasts. */
    void charge(long bytes) {
        used.addAndGet(bytes);
    }

    void release(long bytes) {
        used.addAndGet(-bytes);
    }

    /** As {@link #charge(long)}, once for all that send what is the same owner's. */
    void charge(Object owner, long bytes) {
        synchronized (shared) {
            if (shared.merge(owner, 1, Integer::sum) == 1) {
                charge(bytes);
            }
        }
    }

    void release(Object owner, long bytes) {
        synchronized (shared) {
            if (shared.merge(owner, -1, BodyBudget::sumOrNone) == null) {
                release(bytes);
            }
        }
    }

    private static Integer sumOrNone(int one, int other) {
        return one + other == 0 ? null : Integer.valueOf(one + other);
    }

    public long limit() {
        return limit;
    }

    public long used() {
        return used.get();
    }
}
