package dev.workerpool.operator.dependent;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.DesiredDeployment;
import dev.workerpool.operator.desired.Release;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Optional;
import java.util.function.Supplier;

/** The Deployment that keeps the replicas. */
public final class DeploymentDependent extends PoolDependent<Deployment> {

    public DeploymentDependent() {
        super(Deployment.class);
    }

    @Override
    protected Deployment desired(WorkerPool pool, Release release, Supplier<Optional<Deployment>> present) {
        return DesiredDeployment.of(pool, release, present.get());
    }

    @Override
    protected void empty(Deployment child) {
        child.setSpec(null);
        child.setStatus(null);
    }
}
