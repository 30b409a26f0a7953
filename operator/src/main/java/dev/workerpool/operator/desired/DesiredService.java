package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.AccessSpec;
import dev.workerpool.api.v1alpha1.ServiceSpec;
import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;

/** The one port in front of all Ready replicas. */
public final class DesiredService {

    private DesiredService() {}

    public static Service of(WorkerPool pool) {
        ServiceSpec spec = pool.getSpec().service();
        return new ServiceBuilder()
                .withMetadata(ChildMetadata.of(pool))
                .withNewSpec()
                .withType(spec.type())
                .withSelector(ChildMetadata.podSelector(pool))
                .withPorts(port(spec, pool.getSpec().access()))
                .endSpec()
                .build();
    }

    private static ServicePort port(ServiceSpec spec, AccessSpec access) {
        return new ServicePortBuilder()
                .withName(WorkerPoolNames.TASKS_PORT_NAME)
                .withPort(spec.port())
                .withTargetPort(new IntOrString(WorkerPoolNames.TASKS_PORT_NAME))
                .withProtocol("TCP")
                // Has an Ingress or a gateway before the pool speak TLS to it.
                .withAppProtocol(access.tls() == null ? null : "https")
                .withNodePort(spec.nodePort())
                .build();
    }
}
