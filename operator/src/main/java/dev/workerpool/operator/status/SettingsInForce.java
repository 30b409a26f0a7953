package dev.workerpool.operator.status;

/**
 * Which settings a replica runs, by its own word.
 *
 * @param generation of the pool whose settings they are; 0 for those of an unknown one
 * @param threads 0 when it did not say
 */
public record SettingsInForce(long generation, int threads) {}
