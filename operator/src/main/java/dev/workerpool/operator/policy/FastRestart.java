package dev.workerpool.operator.policy;

import dev.workerpool.operator.status.DeadWorker;
import dev.workerpool.operator.status.Replica;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which replicas are made anew because their worker died, rather than left to the node's back-off.
 *
 * <p>The kubelet starts a dead container again at once, the first time. From the second death within ten minutes on it
 * waits 10, 20, 40 s and so on, each pod for itself; a new pod starts with a clean slate, in two or three seconds. So a
 * replica is replaced at the death after which the node would wait. Not if its worker had never become Ready: what dies
 * at start would do so again, and backs off like anything else. Nor where no other pod could be made, which is a place given
 * up. And never beyond a {@link RestartBudget}, for what dies over and over must come to rest as well.
 */
public final class FastRestart {

    /** The kubelet forgets its back-off of a container that lived twice as long as the longest pause. */
    static final Duration NODE_FORGETS = Duration.ofMinutes(10);

    /**
     * @param replaced replicas whose pods go now
     * @param budget what is left of the budget after these
     * @param lookAgain when the budget will have one for those that had to wait; empty when none has
     */
    public record Plan(List<Replica> replaced, RestartBudget budget, Optional<Duration> lookAgain) {

        public Set<String> names() {
            return replaced.stream().map(Replica::name).collect(Collectors.toSet());
        }
    }

    private FastRestart() {}

    /** @param replaceable whether another pod would be made for one that goes, as far as is known */
    public static Plan plan(List<Replica> replicas, boolean replaceable, RestartBudget before, Instant now) {
        RestartBudget budget = before.refilled(now)
                .keepingOnly(replicas.stream().map(Replica::uid).toList());
        List<Replica> replaced = new ArrayList<>();
        boolean exhausted = false;
        for (Replica replica : replicas) {
            if (!replaceable || !isDue(replica)) {
                continue;
            }
            Optional<RestartBudget> after = budget.grant(replica.uid());
            if (after.isPresent()) {
                budget = after.get();
                replaced.add(replica);
            } else {
                exhausted = true;
            }
        }
        return new Plan(
                List.copyOf(replaced), budget, exhausted ? Optional.of(budget.untilRefill(now)) : Optional.empty());
    }

    private static boolean isDue(Replica replica) {
        return replica.deadWorker()
                .filter(DeadWorker::hadBeenReady)
                .filter(dead -> dead.backingOff() || nodeWouldWait(replica, dead))
                .isPresent();
    }

    private static boolean nodeWouldWait(Replica replica, DeadWorker dead) {
        return replica.restarts() > 0 && dead.lived().compareTo(NODE_FORGETS) <= 0;
    }
}
