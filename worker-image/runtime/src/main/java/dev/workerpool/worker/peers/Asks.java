package dev.workerpool.worker.peers;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Asks one peer for each thread that is idle here. If instead everybody who sees an idle thread sent something, one run
 * would come in and the others would be turned back: among ten replicas half of all passes. An ask that is not answered
 * within {@link #PATIENCE_NANOS} is made again, of another peer if something waits there: a queue may be long and have nothing
 * that can leave it. No timer sees to that: it is made with the next load that is told here, after the next report of a peer
 * with a queue or with the next beat. Not thread-safe.
 */
final class Asks {
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    /** For how long others come first. */
    static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(PeerView.HEARTBEAT_MILLIS);

    /** A hundred megabytes a second. */
    private static final long NANOS_A_BYTE = 10;

    private int outstanding;
    private long until;

    /** Runs whose bytes come. */
    private int coming;

    private long comingUntil;

    /** The last one, while nothing has come since. */
    private PeerView asked;

    /** Those that were asked in vain, and until when others come first. */
    private final Map<PeerView, Long> resting = new HashMap<>();

    /** @param runs how many waiting runs the peer is to pass */
    record Ask(PeerView view, int runs) {}

    /** @return null when no thread is left to ask for, or nothing waits anywhere as far as known */
    Ask next(int idle, PeerView[] views, int first, long now) {
        expire(now);
        int wanted = idle - outstanding - coming;
        if (wanted <= 0) {
            return null;
        }
        Ask ask = longest(wanted, views, first, now, view -> !resting.containsKey(view));
        if (ask == null) {
            ask = longest(wanted, views, first, now, view -> true);
        }
        if (ask != null) {
            asked = ask.view();
            outstanding += ask.runs();
            until = now + PATIENCE_NANOS;
        }
        return ask;
    }

    private void expire(long now) {
        if (outstanding > 0 && now - until >= 0) {
            outstanding = 0;
            if (asked != null) {
                resting.put(asked, now + REST_NANOS);
            }
        }
        if (now - comingUntil >= 0) {
            coming = 0;
        }
        resting.values().removeIf(rested -> now - rested >= 0);
    }

    private static Ask longest(int wanted, PeerView[] views, int first, long now, Predicate<PeerView> among) {
        PeerView longest = null;
        int most = 0;
        for (int i = 0; i < views.length; i++) {
            PeerView view = views[Math.floorMod(first + i, views.length)];
            Load load = view.load(now);
            if (load != null && load.queued() > most && among.test(view)) {
                longest = view;
                most = load.queued();
            }
        }
        return longest == null ? null : new Ask(longest, Math.min(wanted, most));
    }

    /** A run is on its way here: while its bytes come none is asked for in its place, or two would for one thread. */
    void comes(int size, long now) {
        long then = now + PATIENCE_NANOS + size * NANOS_A_BYTE;
        comingUntil = coming == 0 || then - comingUntil > 0 ? then : comingUntil;
        asked = null;
        outstanding = Math.max(0, outstanding - 1);
        coming++;
    }

    /** A run that was asked for is here. */
    void answered() {
        asked = null;
        if (coming > 0) {
            coming--;
        } else {
            outstanding = Math.max(0, outstanding - 1);
        }
    }
}
