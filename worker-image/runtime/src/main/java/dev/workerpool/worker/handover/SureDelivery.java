package dev.workerpool.worker.handover;

import dev.workerpool.worker.peers.PeerReply;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Brings a run to one peer and finds out whether it is there: an answer that is lost is asked for again, as the peer takes
 * the run once at most. On the thread that calls.
 */
final class SureDelivery {
    static final int ATTEMPTS = 5;
    static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(200);

    enum Fate {
        TAKEN,
        NOT_TAKEN,
        UNKNOWN
    }

    interface Post {
        PeerReply send() throws InterruptedException;
    }

    interface Pause {
        void last(Duration duration) throws InterruptedException;
    }

    private final BooleanSupplier hasTime;
    private final Pause pause;

    /** @param hasTime whether there is time for one more attempt */
    SureDelivery(BooleanSupplier hasTime, Pause pause) {
        this.hasTime = hasTime;
        this.pause = pause;
    }

    Fate deliver(Post post) throws InterruptedException {
        boolean maybeThere = false;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            // Between two attempts only: what waits behind this run need not wait for one that does not come.
            if (attempt > 0) {
                pause.last(BETWEEN_ATTEMPTS);
            }
            if (!hasTime.getAsBoolean()) {
                break;
            }
            switch (post.send()) {
                case PeerReply.Answered answered -> {
                    return answered.isSuccess() ? Fate.TAKEN : Fate.NOT_TAKEN;
                }
                case PeerReply.Declined declined -> {
                    if (declined.byPeer() || !maybeThere) {
                        return Fate.NOT_TAKEN;
                    }
                }
                case PeerReply.Lost lost -> maybeThere = true;
            }
        }
        return maybeThere ? Fate.UNKNOWN : Fate.NOT_TAKEN;
    }
}
