package dev.workerpool.operator.policy;

import dev.workerpool.operator.status.Load;
import dev.workerpool.operator.status.Replica;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which replicas a scale-in should take first: the ReplicaSet takes those with the lowest cost, so the cost is the work a
 * replica has in flight. One that did not say is taken for busy: what is overloaded answers last.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#pod-deletion-cost">Pod deletion
 *     cost</a>
 */
public final class DeletionCosts {

    static final int UNKNOWN = 1_000_000;

    private DeletionCosts() {}

    /** @param loads by the uid of the replica */
    public static Map<Replica, Integer> of(Collection<Replica> replicas, Map<String, Load> loads) {
        Map<Replica, Integer> costs = new LinkedHashMap<>();
        for (Replica replica : replicas) {
            Load load = loads.get(replica.uid());
            costs.put(replica, load == null ? UNKNOWN : Math.min(load.inFlight(), UNKNOWN - 1));
        }
        return costs;
    }
}
