package dev.workerpool.worker.handover;

import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.peers.PeerReply;
import java.time.Duration;

/**
 * Finds out whether a run that is brought to one peer is there: an answer that is lost is asked for again, as the peer takes
 * the run once at most. Not thread-safe.
 */
final class SureDelivery {
    static final int ATTEMPTS = 5;
    static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(200);

    enum Fate {
        TAKEN,
        NOT_TAKEN,
        /** Nor would it be taken later. */
        REFUSED,
        UNKNOWN
    }

    private int attempts;
    private boolean maybeThere;

    /** @return null when the peer is to be asked once more, after {@link #BETWEEN_ATTEMPTS} */
    Fate heard(PeerReply reply) {
        attempts++;
        switch (reply) {
            case PeerReply.Answered answered -> {
                return answered.isSuccess() ? Fate.TAKEN : Fate.REFUSED;
            }
            case PeerReply.Declined declined -> {
                if (declined.byPeer()) {
                    return PeerHeaders.mayPass(declined.why()) ? Fate.NOT_TAKEN : Fate.REFUSED;
                } else if (!maybeThere) {
                    return Fate.NOT_TAKEN;
                }
            }
            case PeerReply.Lost lost -> maybeThere = true;
        }
        return attempts < ATTEMPTS ? null : outOfTime();
    }

    /** The peer is asked no more. */
    Fate outOfTime() {
        return maybeThere ? Fate.UNKNOWN : Fate.NOT_TAKEN;
    }
}
