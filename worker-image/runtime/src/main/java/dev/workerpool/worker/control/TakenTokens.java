package dev.workerpool.worker.control;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * What the workers of a container have taken, as far as the next one has to know it. Tokens are dated to the second, so the
 * newest date alone would refuse what the operator signs anew in that second: of it, and of no other, the ids are kept too.
 *
 * @param newest when the newest token was issued
 * @param ids of those that were issued then
 */
record TakenTokens(Instant newest, Set<String> ids) {
    static final TakenTokens NONE = new TakenTokens(Instant.MIN, Set.of());

    /** Has it been taken, or is it too old for that to be known? */
    boolean has(Token token) {
        return token.issued().isBefore(newest) || token.issued().equals(newest) && ids.contains(token.id());
    }

    TakenTokens with(Token token) {
        if (token.issued().isBefore(newest)) {
            return this;
        }
        Set<String> all = token.issued().equals(newest) ? new HashSet<>(ids) : new HashSet<>();
        all.add(token.id());
        return new TakenTokens(token.issued(), Set.copyOf(all));
    }

    /** What tells a message of the operator's from all others of the same time. */
    record Token(Instant issued, String id) {}
}
