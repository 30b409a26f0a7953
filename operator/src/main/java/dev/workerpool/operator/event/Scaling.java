package dev.workerpool.operator.event;

import dev.workerpool.api.v1alpha1.WorkerPool;
import java.time.Instant;
import java.util.Optional;

/** Tells that the number of replicas asked for changed. */
public final class Scaling {

    private Scaling() {}

    /**
     * @param before replicas the Deployment was last told to keep
     * @return empty when the number stays
     */
    public static Optional<Occurrence> of(WorkerPool pool, int before, Instant now) {
        int after = pool.getSpec().replicas();
        if (before == after) {
            return Optional.empty();
        }
        String reason = after > before ? "ScaledUp" : "ScaledDown";
        return Optional.of(Occurrence.normal(
                reason,
                "Pool %s scaled from %d to %d replicas"
                        .formatted(pool.getMetadata().getName(), before, after),
                now,
                pool.getMetadata().getGeneration() + "/" + before + "/" + after));
    }
}
