package dev.workerpool.operator.dependent;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.DesiredDisruptionBudget;
import dev.workerpool.operator.desired.Release;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.dependent.ReconcileResult;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The PodDisruptionBudget: one replica at a time may be evicted. Made when a pool first has more than one, and then kept: over
 * one replica it forbids nothing, and taking it away would need a right to delete that nothing else needs.
 */
public final class DisruptionBudgetDependent extends PoolDependent<PodDisruptionBudget> {

    public DisruptionBudgetDependent() {
        super(PodDisruptionBudget.class);
    }

    @Override
    public ReconcileResult<PodDisruptionBudget> reconcile(WorkerPool pool, Context<WorkerPool> context) {
        boolean needed = DesiredDisruptionBudget.isWanted(pool)
                || Children.present(PodDisruptionBudget.class, context).isPresent();
        return needed ? super.reconcile(pool, context) : ReconcileResult.noOperation(null);
    }

    @Override
    protected PodDisruptionBudget desired(
            WorkerPool pool, Release release, Supplier<Optional<PodDisruptionBudget>> present) {
        return DesiredDisruptionBudget.of(pool);
    }

    @Override
    protected void empty(PodDisruptionBudget child) {
        child.setSpec(null);
        child.setStatus(null);
    }
}
