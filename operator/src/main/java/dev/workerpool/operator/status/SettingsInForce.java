package dev.workerpool.operator.status;

/**
 * Which settings a replica runs, by its own word.
 *
 * @param generation of the pool whose settings they are; 0 for those of an unknown one
 * @param threads as many as it is to have; 0 when it did not say
 * @param missing of these, those that its node refuses it
 */
public record SettingsInForce(long generation, int threads, int missing) {
    public SettingsInForce(long generation, int threads) {
        this(generation, threads, 0);
    }
}
