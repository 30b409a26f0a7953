package dev.workerpool.operator.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * How many replicas of a pool may still be replaced at once: a bucket of {@value #SIZE}, into which one comes back every
 * minute. A replica that was granted its replacement keeps the grant while its pod is still seen, so that a deletion that
 * has to be tried again costs nothing. Immutable.
 *
 * @param left replacements that may be granted now
 * @param countedAt up to when the refill is counted in {@code left}
 * @param granted pods whose replacement is paid for
 */
public record RestartBudget(int left, Instant countedAt, Set<String> granted) {

    static final int SIZE = 10;
    static final Duration REFILL = Duration.ofMinutes(1);

    public RestartBudget {
        granted = Set.copyOf(granted);
    }

    public static RestartBudget full(Instant now) {
        return new RestartBudget(SIZE, now, Set.of());
    }

    RestartBudget refilled(Instant now) {
        long refills = Math.max(0, Duration.between(countedAt, now).dividedBy(REFILL));
        // A full bucket gathers nothing: the next minute counts from when one is taken.
        return left + refills >= SIZE
                ? new RestartBudget(SIZE, now, granted)
                : new RestartBudget(left + (int) refills, countedAt.plus(REFILL.multipliedBy(refills)), granted);
    }

    RestartBudget keepingOnly(Collection<String> pods) {
        var present = new HashSet<>(granted);
        present.retainAll(pods);
        return new RestartBudget(left, countedAt, present);
    }

    /** Empty when nothing is left. */
    Optional<RestartBudget> grant(String pod) {
        if (granted.contains(pod)) {
            return Optional.of(this);
        }
        if (left == 0) {
            return Optional.empty();
        }
        var with = new HashSet<>(granted);
        with.add(pod);
        return Optional.of(new RestartBudget(left - 1, countedAt, with));
    }

    Duration untilRefill(Instant now) {
        Duration pause = Duration.between(now, countedAt.plus(REFILL));
        return pause.isNegative() ? Duration.ZERO : pause;
    }
}
