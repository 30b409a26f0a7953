package dev.workerpool.worker.peers;

/** What became of a request that was passed. */
enum PassOutcome {
    ANSWERED("answered"),
    DECLINED("declined"),
    /** It was not sent whole. */
    UNREACHABLE("unreachable"),
    /** It was sent, and no answer came. */
    LOST("lost"),
    CANCELLED("cancelled");

    private final String label;

    PassOutcome(String label) {
        this.label = label;
    }

    /** As in the metrics. */
    String label() {
        return label;
    }
}
