package dev.workerpool.worker.task;

/**
 * A task type that can be called.
 *
 * @param index dense, from 0: what is kept per type lives in arrays
 * @param input {@code bytes}, {@code text}, {@code json} or {@code nothing}
 * @param output likewise, or {@code stream}
 * @param source the jar, as an index into the catalog's opened jars
 */
public record TaskEntry(int index, String type, String input, String output, int source) {}
