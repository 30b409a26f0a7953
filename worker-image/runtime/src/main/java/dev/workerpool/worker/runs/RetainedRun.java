package dev.workerpool.worker.runs;

import java.util.List;

/**
 * A run that is over, with all that its worker keeps of it: what another worker needs to answer for it.
 *
 * @param key null when the caller gave none
 */
public record RetainedRun(EndedRun ended, List<RunEvent> events, RunKey key) {}
