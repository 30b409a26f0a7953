package dev.workerpool.operator.dependent;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.DesiredService;
import dev.workerpool.operator.desired.Release;
import io.fabric8.kubernetes.api.model.Service;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** The Service: one port in front of the Ready replicas. */
@KubernetesDependent(informer = @Informer(labelSelector = PoolDependent.OURS, comparableResourceVersions = false))
public final class ServiceDependent extends PoolDependent<Service> {

    public ServiceDependent() {
        super(Service.class);
    }

    @Override
    protected Service desired(WorkerPool pool, Release release) {
        return DesiredService.of(pool);
    }
}
