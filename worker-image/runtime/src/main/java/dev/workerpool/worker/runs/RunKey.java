package dev.workerpool.worker.runs;

/**
 * The caller's name for a run, under which it wants the same one again.
 *
 * @param fingerprint of all that the run is made of: under one key they must be the same
 */
public record RunKey(String name, String fingerprint) {}
