package dev.workerpool.operator.event;

import dev.workerpool.api.v1alpha1.AutoscalingStatus;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.policy.Advice;
import java.time.Instant;
import java.util.Optional;

/** Tells that the number of replicas asked for changed, or should. */
public final class Scaling {

    private Scaling() {}

    /** In mode Advice the number stays the user's; what it would be is told when it changes. */
    public static Optional<Occurrence> advised(WorkerPool pool, Advice advice, Instant now) {
        AutoscalingStatus told =
                pool.getStatus() == null ? null : pool.getStatus().autoscaling();
        if (told == null || told.advisedReplicas() == null || told.advisedReplicas() == advice.replicas()) {
            return Optional.empty();
        }
        return Optional.of(Occurrence.normal(
                "ScalingAdvised",
                "Autoscaling advises %d replicas for pool %s, which is asked for %d: %s"
                        .formatted(
                                advice.replicas(),
                                pool.getMetadata().getName(),
                                pool.getSpec().replicas(),
                                advice.message()),
                now,
                advice.replicas() + "/" + advice.at()));
    }

    /**
     * @param before replicas the Deployment was last told to keep
     * @param advice what asked for the new number; empty when it was the user
     * @return empty when the number stays
     */
    public static Optional<Occurrence> of(WorkerPool pool, int before, Optional<Advice> advice, Instant now) {
        int after = pool.getSpec().replicas();
        if (before == after) {
            return Optional.empty();
        }
        String reason = after > before ? "ScaledUp" : "ScaledDown";
        String why = advice.map(Advice::message).map(": "::concat).orElse("");
        // Autoscaling may take the same step again and again, within one generation.
        String when = advice.map(Advice::at).map(at -> "/" + at).orElse("");
        return Optional.of(Occurrence.normal(
                reason,
                "Pool %s scaled from %d to %d replicas%s"
                        .formatted(pool.getMetadata().getName(), before, after, why),
                now,
                pool.getMetadata().getGeneration() + "/" + before + "/" + after + when));
    }
}
