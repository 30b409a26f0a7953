package dev.workerpool.worker.runs;

import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers where so many runs are, and forgets the one that left first for each that is one too many. Thread-safe. */
final class LatestPlaces {
    private final int most;
    private final LinkedHashMap<String, String> places = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            hasForgotten |= size() > most;
            return size() > most;
        }
    };

    private boolean hasForgotten;

    LatestPlaces(int most) {
        this.most = most;
    }

    synchronized void put(String id, String place) {
        places.put(id, place);
    }

    synchronized void remove(String id) {
        places.remove(id);
    }

    /** @return null when it is not known */
    synchronized String get(String id) {
        return places.get(id);
    }

    /** Was there ever one too many? */
    synchronized boolean hasForgotten() {
        return hasForgotten;
    }
}
