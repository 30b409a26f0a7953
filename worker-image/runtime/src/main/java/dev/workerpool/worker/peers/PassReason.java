package dev.workerpool.worker.peers;

/** Why a request was passed to a peer. */
public enum PassReason {
    /** It had a thread idle when the request came, and this replica had none. */
    IDLE("idle"),
    /** Fewer waited there than here. */
    SHORTER("shorter"),
    /** It went idle while the run waited here. */
    WAITING("waiting"),
    /** It went idle while a run waited here that nobody waits for. */
    MOVED("moved"),
    /** This replica takes no more runs. */
    DRAINING("draining"),
    /** It has the run that was asked for. */
    OWNER("owner"),
    /** This replica goes, and what it keeps of runs is to stay. */
    HAND_OVER("hand-over"),
    /** The run under the caller's key is to be there. */
    KEY("key"),
    /** It may know the caller's key. */
    KNOWN_KEY("known-key"),
    /** The worker before this one passed it, and died before the answer came. */
    INHERITED("inherited");

    private final String label;

    PassReason(String label) {
        this.label = label;
    }

    /** Does it bring the peer a run of a client's, which takes a thread there? */
    boolean bringsARun() {
        return this != OWNER && this != HAND_OVER && this != KNOWN_KEY;
    }

    /** May the peer have begun with something when its answer does not come? Who is only asked what it knows has not. */
    public boolean mayBegin() {
        return this != KNOWN_KEY;
    }

    /** As in the metrics. */
    String label() {
        return label;
    }
}
