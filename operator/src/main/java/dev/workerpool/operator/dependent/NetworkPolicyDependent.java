package dev.workerpool.operator.dependent;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.DesiredNetworkPolicy;
import dev.workerpool.operator.desired.Release;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.Optional;
import java.util.function.Supplier;

/** The NetworkPolicy: who may reach the replicas. */
public final class NetworkPolicyDependent extends PoolDependent<NetworkPolicy> {

    public NetworkPolicyDependent() {
        super(NetworkPolicy.class);
    }

    @Override
    protected NetworkPolicy desired(WorkerPool pool, Release release, Supplier<Optional<NetworkPolicy>> present) {
        return DesiredNetworkPolicy.of(pool, release);
    }

    @Override
    protected void empty(NetworkPolicy child) {
        child.setSpec(null);
    }
}
