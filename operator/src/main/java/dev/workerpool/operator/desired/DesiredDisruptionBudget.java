package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.AutoscalingSpec;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolSpec;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;

/** Lets a node drain take one replica at a time. */
public final class DesiredDisruptionBudget {

    private DesiredDisruptionBudget() {}

    /** Where there is one replica at most, a budget would let it go and so say nothing. */
    public static boolean isWanted(WorkerPool pool) {
        WorkerPoolSpec spec = pool.getSpec();
        AutoscalingSpec autoscaling = spec.autoscaling();
        return spec.replicas() > 1 || (autoscaling != null && autoscaling.decides() && autoscaling.maxReplicas() > 1);
    }

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
