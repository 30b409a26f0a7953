package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Optional;

/** The Deployment that keeps the replicas. */
public final class DesiredDeployment {

    private DesiredDeployment() {}

    /** What a new pod of this Deployment starts with. */
    public static Cpu cpu(Deployment present) {
        return PresentTemplate.cpu(present.getSpec().getTemplate());
    }

    /** @param present the Deployment that is there, of which something may stay */
    public static Deployment of(WorkerPool pool, Release release, Optional<Deployment> present) {
        PresentTemplate.Marked next = new PresentTemplate(present).next(PodTemplate.of(pool, release), release);
        Deployment deployment = new DeploymentBuilder()
                .withMetadata(ChildMetadata.of(pool))
                .editMetadata()
                .addToAnnotations(TemplateMark.ANNOTATION, next.mark().text())
                .endMetadata()
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
                .endSpec()
                .build();
        // A builder copies what it is given, twice: what is large is set.
        deployment.getSpec().setTemplate(next.template());
        return deployment;
    }
}
