package dev.workerpool.worker.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Task types that this replica does not run for now, because they kept killing workers of the pool. Each is let in again by
 * itself when its time is over, so that nothing stays refused should nobody come to say so. Thread-safe; costs a run one
 * look at a field while nothing is refused.
 */
public final class RefusedTasks {
    private volatile Map<String, Instant> until = Map.of();

    /** From now on exactly these. */
    public synchronized void set(Map<String, Instant> types) {
        until = Map.copyOf(types);
    }

    /** @return null when the type is not refused */
    public Duration refusedFor(String type) {
        Map<String, Instant> now = until;
        Instant end = now.isEmpty() ? null : now.get(type);
        if (end == null) {
            return null;
        }
        Duration left = Duration.between(Instant.now(), end);
        if (left.isPositive()) {
            return left;
        }
        forget(type, end);
        return null;
    }

    private synchronized void forget(String type, Instant end) {
        var rest = new HashMap<>(until);
        if (rest.remove(type, end)) {
            until = Map.copyOf(rest);
        }
    }
}
