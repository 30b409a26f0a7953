package dev.workerpool.worker.runs;

/**
 * Something that a run told.
 *
 * @param id counted from 1 in each run
 * @param json the message; nobody changes the array
 */
public record RunEvent(long id, byte[] json) {}
