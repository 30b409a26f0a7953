package dev.workerpool.worker.http;

import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.pool.Run;
import dev.workerpool.worker.pool.RunRejectedException;
import dev.workerpool.worker.pool.TaskPool;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How a run came to this replica.
 *
 * @param admittedAt when it came, to this replica or to the one that passed it
 * @param maxQueued it may wait here only while fewer than so many do
 * @param passed by a peer, which has it still until it is admitted here
 * @param origin the peer that has it back while it waits; null when there is none
 * @param returned by a peer, where it was admitted: it is refused no more for want of room
 */
record Arrival(long admittedAt, int maxQueued, boolean passed, String origin, boolean returned) {
    private static final long LONGEST_WAIT_MICROS = TimeUnit.HOURS.toMicros(1);

    /** From a client. */
    static Arrival direct(long admittedAt) {
        return new Arrival(admittedAt, Integer.MAX_VALUE, false, null, false);
    }

    /** From a client, and then from a peer that gave it back. */
    static Arrival returned(long admittedAt) {
        return new Arrival(admittedAt, Integer.MAX_VALUE, false, null, true);
    }

    /** From a peer. What it says that makes no sense is taken for nothing said. */
    static Arrival passed(Request request) {
        long maxQueued = number(request.headers().get(PeerHeaders.MAX_QUEUED), Integer.MAX_VALUE);
        long waited = number(request.headers().get(PeerHeaders.WAITED), 0);
        long micros = Math.min(waited, LONGEST_WAIT_MICROS);
        return new Arrival(
                System.nanoTime() - TimeUnit.MICROSECONDS.toNanos(micros),
                (int) Math.min(maxQueued, Integer.MAX_VALUE),
                true,
                request.headers().contains(PeerHeaders.RETURNABLE)
                        ? request.headers().get(PeerHeaders.FROM)
                        : null,
                false);
    }

    /** May the run leave this replica while it waits? */
    boolean isPassable() {
        return !passed || origin != null;
    }

    /** Does it get to that peer without the detour over the one that it came from? */
    boolean isPassableTo(String replica) {
        return !passed || replica.equals(origin);
    }

    /** For how long a peer has tried to bring a run, when it does so again; else zero. */
    static Duration tried(Request request) {
        return Duration.ofMillis(number(request.headers().get(PeerHeaders.TRIED), 0));
    }

    private static long number(String text, long otherwise) {
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            return number < 0 ? otherwise : number;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    void submit(TaskPool pool, Run run) throws RunRejectedException {
        if (passed) {
            pool.submitPassed(run, admittedAt, maxQueued);
        } else if (returned) {
            pool.readmit(run, admittedAt);
        } else {
            pool.submit(run, admittedAt);
        }
    }
}
