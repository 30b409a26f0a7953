package dev.workerpool.worker.peers;

/** Why a request was passed to a peer. */
public enum PassReason {
    /** It had a thread idle when the request came, and this replica had none. */
    IDLE("idle"),
    /** Fewer waited there than here. */
    SHORTER("shorter"),
    /** It went idle while the run waited here. */
    WAITING("waiting"),
    /** This replica takes no more runs. */
    DRAINING("draining"),
    /** It has the run that was asked for. */
    OWNER("owner");

    private final String label;

    PassReason(String label) {
        this.label = label;
    }

    /** As in the metrics. */
    String label() {
        return label;
    }
}
