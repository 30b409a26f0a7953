package dev.workerpool.worker.peers;

import java.util.concurrent.TimeUnit;

/**
 * Asks one peer for each thread that is idle here. If instead everybody who sees an idle thread sent something, one run
 * would come in and the others would be turned back: among ten replicas half of all passes. An ask that is not answered
 * within {@link #PATIENCE_NANOS} is made again, perhaps of another peer. Not thread-safe.
 */
final class Asks {
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private int outstanding;
    private long until;

    /** @param runs how many waiting runs the peer is to pass */
    record Ask(PeerView view, int runs) {}

    /** @return null when no thread is left to ask for, or nothing waits anywhere as far as known */
    Ask next(int idle, PeerView[] views, int first, long now) {
        if (outstanding > 0 && now - until >= 0) {
            outstanding = 0;
        }
        int wanted = idle - outstanding;
        if (wanted <= 0) {
            return null;
        }
        PeerView longest = null;
        int most = 0;
        for (int i = 0; i < views.length; i++) {
            PeerView view = views[Math.floorMod(first + i, views.length)];
            Load load = view.load(now);
            if (load != null && load.queued() > most) {
                longest = view;
                most = load.queued();
            }
        }
        if (longest == null) {
            return null;
        }
        int runs = Math.min(wanted, most);
        outstanding += runs;
        until = now + PATIENCE_NANOS;
        return new Ask(longest, runs);
    }

    /** A run that was asked for is here. */
    void answered() {
        outstanding = Math.max(0, outstanding - 1);
    }
}
