package dev.workerpool.worker.handover;

import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.peers.PeerReply;
import java.time.Duration;

/**
 * Finds out whether a run that is brought to one peer is there: an answer that is lost is asked for again, as the peer takes
 * the run once at most. Where another worker took its place meanwhile, that says so, and nobody knows. Not thread-safe.
 */
final class SureDelivery {
    static final int ATTEMPTS = 5;
    static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(200);

    enum Fate {
        TAKEN,
        NOT_TAKEN,
        /** Nor would this peer take it later, or another in its place. */
        REFUSED,
        UNKNOWN
    }

    private final long begunAt = System.nanoTime();
    private int attempts;
    private boolean maybeThere;

    /** @return null when the peer is to be asked once more, after {@link #BETWEEN_ATTEMPTS} */
    Fate heard(PeerReply reply) {
        attempts++;
        switch (reply) {
            case PeerReply.Answered answered -> {
                return answered.isSuccess() ? Fate.TAKEN : maybeThere ? Fate.UNKNOWN : Fate.REFUSED;
            }
            case PeerReply.Declined declined -> {
                if (!maybeThere || isTheSame(declined)) {
                    return PeerHeaders.TOO_LARGE.equals(declined.why()) ? Fate.REFUSED : Fate.NOT_TAKEN;
                }
            }
            case PeerReply.Lost lost -> maybeThere = true;
        }
        return attempts < ATTEMPTS ? null : outOfTime();
    }

    /** Was it the worker that may have taken the run? One that has just started knows neither. */
    private static boolean isTheSame(PeerReply.Declined declined) {
        return declined.byPeer() && !declined.why().equals(PeerHeaders.UNKNOWN_TOKEN);
    }

    /** For how long the peer has been asked; zero before the first time. */
    Duration tried() {
        return attempts == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - begunAt);
    }

    /** The peer is asked no more. */
    Fate outOfTime() {
        return maybeThere ? Fate.UNKNOWN : Fate.NOT_TAKEN;
    }
}
