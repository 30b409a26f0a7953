package dev.workerpool.operator.dependent;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.DesiredDeployment;
import dev.workerpool.operator.desired.Release;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** The Deployment that keeps the replicas. */
@KubernetesDependent(informer = @Informer(labelSelector = PoolDependent.OURS, comparableResourceVersions = false))
public final class DeploymentDependent extends PoolDependent<Deployment> {

    public DeploymentDependent() {
        super(Deployment.class);
    }

    @Override
    protected Deployment desired(WorkerPool pool, Release release) {
        return DesiredDeployment.of(pool, release);
    }
}
