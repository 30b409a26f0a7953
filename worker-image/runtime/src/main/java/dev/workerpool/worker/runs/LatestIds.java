package dev.workerpool.worker.runs;

import java.util.Iterator;
import java.util.LinkedHashSet;

/** Remembers so many ids, and forgets the one that came first for each that is one too many. Thread-safe. */
final class LatestIds {
    private final int most;
    private final LinkedHashSet<String> ids = new LinkedHashSet<>();

    LatestIds(int most) {
        this.most = most;
    }

    synchronized void add(String id) {
        if (ids.add(id) && ids.size() > most) {
            Iterator<String> first = ids.iterator();
            first.next();
            first.remove();
        }
    }

    synchronized boolean contains(String id) {
        return ids.contains(id);
    }
}
