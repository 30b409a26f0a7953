package dev.workerpool.worker.control;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The tokens that were taken and are still valid, so that none is taken twice. Bounded. */
final class UsedTokens {
    /** An operator sends a few a minute. */
    static final int CAPACITY = 1000;

    private final Map<String, Instant> untilById = new HashMap<>();

    /** @param until when the token is refused for its age, and need not be remembered any more */
    void use(String id, Instant until, Instant now) throws ControlRefusedException {
        untilById.values().removeIf(end -> end.isBefore(now));
        if (untilById.containsKey(id)) {
            throw new ControlRefusedException(ControlRefusedException.Reason.REPLAYED);
        }
        if (untilById.size() >= CAPACITY) {
            throw new ControlRefusedException(ControlRefusedException.Reason.TOO_MANY);
        }
        untilById.put(id, until);
    }
}
