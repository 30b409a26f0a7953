package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;

/** The Deployment that keeps the replicas. */
public final class DesiredDeployment {

    private DesiredDeployment() {}

    public static Deployment of(WorkerPool pool, Release release) {
        return new DeploymentBuilder()
                .withMetadata(ChildMetadata.of(pool))
                .withNewSpec()
                .withReplicas(pool.getSpec().replicas())
                .withRevisionHistoryLimit(3)
                // More than the startup probe allows a worker; then the rollout counts as stalled.
                .withProgressDeadlineSeconds(180)
                .withSelector(ChildMetadata.selector(pool))
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                // A replica goes only once its successor is Ready: a rollout takes no capacity away.
                .withMaxUnavailable(new IntOrString(0))
                .withMaxSurge(new IntOrString("25%"))
                .endRollingUpdate()
                .endStrategy()
                .withTemplate(PodTemplate.of(pool, release))
                .endSpec()
                .build();
    }
}
