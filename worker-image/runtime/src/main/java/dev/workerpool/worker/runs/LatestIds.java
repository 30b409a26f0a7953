package dev.workerpool.worker.runs;

import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers something of so many ids, and forgets the one that came first for each that is one too many. Thread-safe. */
final class LatestIds<T> {
    private final Map<String, T> known;
    private boolean hasForgotten;

    LatestIds(int most) {
        known = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
                hasForgotten |= size() > most;
                return size() > most;
            }
        };
    }

    synchronized void put(String id, T what) {
        known.put(id, what);
    }

    synchronized void remove(String id) {
        known.remove(id);
    }

    /** @return null when the id is not known */
    synchronized T get(String id) {
        return known.get(id);
    }

    /** Was there ever one too many? */
    synchronized boolean hasForgotten() {
        return hasForgotten;
    }
}
