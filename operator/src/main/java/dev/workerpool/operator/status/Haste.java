package dev.workerpool.operator.status;

import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Whether a change of a pool's status has to be written now, or may wait a moment for what comes after it. */
public final class Haste {

    private Haste() {}

    /**
     * Only how far things are may wait, while they go on: more of it comes within moments. A first replica that is Ready is part of
     * that, for mostly the rest follows with the next event. That something begins, that no replica is available any more, what is
     * wrong, what died, what is refused and what is finished is told at once.
     *
     * @param before the status that is written; null before there is one
     */
    public static boolean canWait(WorkerPoolStatus before, WorkerPoolStatus after) {
        return (before == null || goesOn(before))
                && goesOn(after)
                && (!isAvailable(before) || isAvailable(after))
                && told(before, "Degraded").equals(told(after, "Degraded"))
                && restarts(before) == restarts(after)
                && Objects.equals(before == null ? null : before.lastDeath(), after.lastDeath())
                && Objects.equals(before == null ? null : before.autoscaling(), after.autoscaling())
                && (before == null ? List.of() : before.refusedTasks()).equals(after.refusedTasks());
    }

    private static int restarts(WorkerPoolStatus status) {
        return status == null || status.restarts() == null ? 0 : status.restarts();
    }

    /** A pool without a status is neither available nor in trouble. Why it is not available may change and wait. */
    private static String told(WorkerPoolStatus status, String type) {
        return condition(status, type)
                .filter(condition -> !condition.status().equals("False"))
                .map(condition -> condition.status() + (type.equals("Degraded") ? " " + condition.message() : ""))
                .orElse("False");
    }

    private static boolean goesOn(WorkerPoolStatus status) {
        return condition(status, "Progressing")
                .filter(condition -> condition.status().equals("True"))
                .isPresent();
    }

    private static boolean isAvailable(WorkerPoolStatus status) {
        return told(status, "Available").equals("True");
    }

    private static Optional<Condition> condition(WorkerPoolStatus status, String type) {
        return status == null
                ? Optional.empty()
                : status.conditions().stream()
                        .filter(condition -> condition.type().equals(type))
                        .findFirst();
    }
}
