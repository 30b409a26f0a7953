package dev.workerpool.operator.dependent;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.DesiredDisruptionBudget;
import dev.workerpool.operator.desired.Release;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.Optional;
import java.util.function.Supplier;

/** The PodDisruptionBudget: one replica at a time may be evicted. */
public final class DisruptionBudgetDependent extends PoolDependent<PodDisruptionBudget> {

    public DisruptionBudgetDependent() {
        super(PodDisruptionBudget.class);
    }

    @Override
    protected PodDisruptionBudget desired(
            WorkerPool pool, Release release, Supplier<Optional<PodDisruptionBudget>> present) {
        return DesiredDisruptionBudget.of(pool);
    }
}
