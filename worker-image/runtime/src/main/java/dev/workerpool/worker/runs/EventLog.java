package dev.workerpool.worker.runs;

import java.util.ArrayList;
import java.util.List;

/**
 * The latest events of one run, for those who follow it at their own pace. Bounded by number and bytes, the oldest going
 * first: a run that tells a million things costs no more than one that tells a few hundred, and never waits for a reader.
 * What it has is in the account of all runs by itself, until its run is over and the store counts it with that. Thread-safe.
 */
public final class EventLog {
    static final int MAX_EVENTS = 256;
    static final int MAX_BYTES = 256 * 1024;
    private static final int FIRST = 8;

    /**
     * Of an event beside its bytes: 12 of an array's head, half of what it is rounded up by, and its place in the ring, of which
     * up to half is empty.
     */
    static final int OVERHEAD = 24;

    private final RunMemory memory;

    /** Event n lies at n modulo the length, which is a power of two. */
    private byte[][] ring = {};

    private long oldest = 1;
    private long latest;
    private int bytes;

    /** What of it is in the account of all runs. */
    private int charged;

    private boolean closed;

    EventLog(RunMemory memory) {
        this.memory = memory;
    }

    /** @return false once the log is closed */
    synchronized boolean append(byte[] json) {
        if (closed) {
            return false;
        }
        while (latest >= oldest && (latest - oldest + 1 == MAX_EVENTS || bytes + json.length > MAX_BYTES)) {
            int at = at(oldest);
            bytes -= ring[at].length;
            ring[at] = null;
            oldest++;
        }
        if (latest - oldest + 1 == ring.length) {
            grow();
        }
        latest++;
        ring[at(latest)] = json;
        bytes += json.length;
        // Never refused for want of room: it is bounded, and what is over makes room.
        charge(bytes());
        return true;
    }

    private void charge(int sum) {
        if (sum != charged) {
            memory.charge(sum - charged);
            charged = sum;
        }
    }

    private void grow() {
        byte[][] before = ring;
        ring = new byte[Math.max(FIRST, 2 * before.length)][];
        for (long id = oldest; id <= latest; id++) {
            ring[at(id)] = before[(int) (id & (before.length - 1))];
        }
    }

    private int at(long id) {
        return (int) (id & (ring.length - 1));
    }

    /** The first event behind the given id that is still here; its id tells how many are not. Null when there is none. */
    public synchronized RunEvent after(long id) {
        long next = Math.max(oldest, id + 1);
        return next > latest ? null : new RunEvent(next, ring[at(next)]);
    }

    public synchronized long latest() {
        return latest;
    }

    /** No more can come. */
    synchronized void close() {
        closed = true;
    }

    /** Somebody else counts it from now on. Once it is closed. */
    synchronized void uncharge() {
        charge(0);
    }

    /** The memory that they take. */
    synchronized int bytes() {
        return bytes + (int) (latest - oldest + 1) * OVERHEAD;
    }

    synchronized List<RunEvent> all() {
        var events = new ArrayList<RunEvent>();
        for (RunEvent event = after(0); event != null; event = after(event.id())) {
            events.add(event);
        }
        return events;
    }

    /** A closed log of events that another worker had. */
    static EventLog of(List<RunEvent> events, RunMemory memory) {
        var log = new EventLog(memory);
        if (!events.isEmpty()) {
            log.oldest = events.getFirst().id();
            log.latest = log.oldest - 1;
            events.forEach(event -> log.append(event.json()));
        }
        log.close();
        return log;
    }
}
