package dev.workerpool.operator.dependent;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.DesiredService;
import dev.workerpool.operator.desired.Release;
import dev.workerpool.operator.desired.WorkerPoolNames;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.Matcher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The Service: one port in front of the Ready replicas. */
public final class ServiceDependent extends PoolDependent<Service> {

    private static final PatchContext REPLACE = new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager(WorkerPoolNames.FIELD_MANAGER)
            .build();

    public ServiceDependent() {
        super(Service.class);
    }

    @Override
    protected Service desired(WorkerPool pool, Release release, Supplier<Optional<Service>> present) {
        return DesiredService.of(pool);
    }

    @Override
    public Matcher.Result<Service> match(
            Service actual, Service desired, WorkerPool pool, Context<WorkerPool> context) {
        return hasForeignPort(actual, desired)
                ? Matcher.Result.nonComputed(false)
                : super.match(actual, desired, pool, context);
    }

    /**
     * Ports are merged by their number: one that was put in place of ours would stay beside it, with the same name, and
     * the API server would refuse both.
     *
     * <p>What this write puts there stays when it is no longer applied, for this is another owner than who applies. So it puts
     * there only what every port of ours has; nor could a Service that is no node port yet bear the number of one.
     */
    @Override
    protected void makeWay(Service actual, Service desired, Context<WorkerPool> context) {
        if (hasForeignPort(actual, desired)) {
            context.getClient()
                    .resource(actual)
                    .patch(REPLACE, Serialization.asJson(Map.of("spec", Map.of("ports", bare(desired)))));
        }
    }

    private static List<ServicePort> bare(Service desired) {
        return desired.getSpec().getPorts().stream()
                .map(port -> new ServicePortBuilder(port)
                        .withAppProtocol(null)
                        .withNodePort(null)
                        .build())
                .toList();
    }

    private static boolean hasForeignPort(Service actual, Service desired) {
        return !ports(desired).containsAll(ports(actual));
    }

    private static List<Integer> ports(Service service) {
        return service.getSpec().getPorts().stream().map(ServicePort::getPort).toList();
    }

    @Override
    protected void empty(Service child) {
        child.setSpec(null);
        child.setStatus(null);
    }
}
