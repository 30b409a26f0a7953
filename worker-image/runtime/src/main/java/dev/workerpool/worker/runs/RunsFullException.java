package dev.workerpool.worker.runs;

/** There is no room for a run that is to be kept, however much that is over is forgotten. Without a stack trace. */
public final class RunsFullException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean forGood;
    private final long limit;

    RunsFullException(boolean forGood, long limit) {
        super("All runs together may keep " + limit + " bytes", null, false, false);
        this.forGood = forGood;
        this.limit = limit;
    }

    /** The run alone is too large; there never will be room. */
    public boolean isForGood() {
        return forGood;
    }

    public long limit() {
        return limit;
    }
}
