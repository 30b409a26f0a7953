package dev.workerpool.worker.peers;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is known of a peer's load: its last report, and what this replica passed to it since, which that cannot contain.
 * Reports come at once when something changes and at least every {@link #HEARTBEAT_MILLIS}; after three beats of silence
 * nothing is known. Thread-safe; readers may see a report and the count of another, which is off by one run at most for a
 * moment.
 */
public final class PeerView {
    static final long HEARTBEAT_MILLIS = 250;
    static final long TRUSTED_NANOS = TimeUnit.MILLISECONDS.toNanos(3 * HEARTBEAT_MILLIS);

    /** After which it may have become able to run what it was not: refused types are let in again. */
    static final long UNABLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Peer peer;

    /** Task types that it does not run, and until when none is passed to it. */
    private final Map<String, Long> unable = new ConcurrentHashMap<>();

    private final AtomicInteger passed = new AtomicInteger();
    private volatile int reports;
    private volatile Load load;
    private volatile long reportedAt;

    PeerView(Peer peer) {
        this.peer = peer;
    }

    Peer peer() {
        return peer;
    }

    void report(Load now, long at) {
        reportedAt = at;
        reports++; // By one thread, but for a peer that declines: a lost count does no harm.
        passed.set(0);
        load = now;
    }

    /** The peer cannot be heard any more. */
    void forget() {
        load = null;
    }

    /** Something is on its way there. @return what {@link #over} wants to know */
    int passed() {
        passed.incrementAndGet();
        return reports;
    }

    /** What was passed is through: the peer reports nothing when it is as idle as before. */
    void over(int since) {
        if (since == reports) {
            passed.decrementAndGet();
        }
    }

    void cannotRun(String type, long now) {
        unable.put(type, now + UNABLE_NANOS);
    }

    /** Does it run tasks of this type, as far as known? */
    boolean canRun(String type, long now) {
        Long until = unable.isEmpty() ? null : unable.get(type);
        return until == null || now - until >= 0;
    }

    /** The last report, unless it is too old to mean anything. @return null when nothing is known */
    Load load(long now) {
        Load last = load;
        return last != null && now - reportedAt <= TRUSTED_NANOS ? last : null;
    }

    /** In flight there as far as known, what is on its way there included. */
    int inFlight(Load last) {
        return last.inFlight() + Math.max(0, passed.get());
    }

    /** Threads that wait for work, as far as known. */
    int idle(Load last) {
        return last.draining() ? 0 : Math.max(0, last.threads() - inFlight(last));
    }

    /** How old what is known is. @return in nanoseconds, -1 when nothing is */
    long age(long now) {
        return load == null ? -1 : now - reportedAt;
    }

    /** How many of them are known to be there. */
    static int heard(PeerView[] views, long now) {
        int heard = 0;
        for (PeerView view : views) {
            heard += view.load(now) == null ? 0 : 1;
        }
        return heard;
    }

    /** How old the oldest of what is known is, in nanoseconds. */
    static long oldest(PeerView[] views, long now) {
        long oldest = 0;
        for (PeerView view : views) {
            oldest = Math.max(oldest, view.age(now));
        }
        return oldest;
    }
}
