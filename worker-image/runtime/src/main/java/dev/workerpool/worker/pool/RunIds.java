package dev.workerpool.worker.pool;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Names for runs, unique in the pool: {@code <replica>-<start>-<number>}, the last two to base 36. They tell which replica
 * to ask, and an id that was given from one that never was.
 */
public final class RunIds {
    private final String replica;
    private final String prefix;
    private final AtomicLong given = new AtomicLong();

    /** @param start when the worker started: a replica's name is its pod's, and a pod's container may start again */
    RunIds(String replica, long start) {
        this.replica = replica;
        this.prefix = replica + '-' + Long.toString(start, Character.MAX_RADIX) + '-';
    }

    public String next() {
        return prefix + Long.toString(given.incrementAndGet(), Character.MAX_RADIX);
    }

    /** Did this worker give the id? */
    public boolean gave(String id) {
        if (!id.startsWith(prefix)) {
            return false;
        }
        long number = number(id.substring(prefix.length()));
        return number > 0 && number <= given.get();
    }

    /** Did an earlier worker of this replica give the id? */
    public boolean gaveBefore(String id) {
        return !id.startsWith(prefix) && replica.equals(owner(id)) && id.compareTo(prefix) < 0;
    }

    /** The replica in whose name the id is; null when it is no run id. */
    public static String owner(String id) {
        int number = id.lastIndexOf('-');
        int start = number <= 0 ? -1 : id.lastIndexOf('-', number - 1);
        boolean wellFormed =
                start > 0 && number(id.substring(start + 1, number)) > 0 && number(id.substring(number + 1)) > 0;
        return wellFormed ? id.substring(0, start) : null;
    }

    /** @return -1 for what is not written as we write numbers */
    private static long number(String text) {
        try {
            long number = Long.parseLong(text, Character.MAX_RADIX);
            return Long.toString(number, Character.MAX_RADIX).equals(text) ? number : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
