package dev.workerpool.operator.dependent;

/**
 * In which portions the caches list what they are to hold. One answer with ten thousand objects would be in memory as a whole,
 * as text and as objects, and the heap would grow to hold it.
 */
public final class ListPages {

    public static final long SIZE = 100;

    private ListPages() {}
}
