package dev.workerpool.operator.status;

/**
 * Which settings a replica runs, by its own word.
 *
 * @param generation of the pool whose settings they are; 0 for those of an unknown one
 * @param threads as many as it is to have; 0 when it did not say
 * @param missing of these, those that its node refuses it; never more than there are to be, whatever it says
 */
public record SettingsInForce(long generation, int threads, int missing) {
    public SettingsInForce {
        missing = Math.clamp(missing, 0, Math.max(0, threads));
    }

    public SettingsInForce(long generation, int threads) {
        this(generation, threads, 0);
    }

    /** Threads that it has. */
    int present() {
        return threads - missing;
    }
}
