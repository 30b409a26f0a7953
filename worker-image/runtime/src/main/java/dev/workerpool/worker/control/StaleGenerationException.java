package dev.workerpool.worker.control;

/** Settings of a generation older than the one in force: a message that was overtaken. */
public final class StaleGenerationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long inForce;

    StaleGenerationException(long asked, long inForce) {
        super("Generation " + asked + " is older than " + inForce + ", which is in force", null, false, false);
        this.inForce = inForce;
    }

    public long inForce() {
        return inForce;
    }
}
