package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;

/** Lets a node drain take one replica at a time. */
public final class DesiredDisruptionBudget {

    private DesiredDisruptionBudget() {}

    public static PodDisruptionBudget of(WorkerPool pool) {
        return new PodDisruptionBudgetBuilder()
                .withMetadata(ChildMetadata.of(pool))
                .withNewSpec()
                // maxUnavailable and not minAvailable: a pool of one replica must not block a node drain for ever.
                .withMaxUnavailable(new IntOrString(1))
                .withSelector(ChildMetadata.selector(pool))
                // A replica that never came up is no reason to keep its node.
                .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                .endSpec()
                .build();
    }
}
