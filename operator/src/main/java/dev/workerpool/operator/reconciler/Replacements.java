package dev.workerpool.operator.reconciler;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.policy.FastRestart;
import dev.workerpool.operator.policy.RestartBudget;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.Rollout;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has dead replicas made anew: deletes their pods, and the ReplicaSet puts others in their place. Remembers each pool's
 * budget; an operator that has just started gives every pool a full one.
 */
final class Replacements {

    private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);

    private final KubernetesClient client;
    private final Map<String, RestartBudget> budgets = new ConcurrentHashMap<>();

    Replacements(KubernetesClient client) {
        this.client = client;
    }

    /** @param present the Deployment as it is: another change of it is what brings a look at what was left */
    FastRestart.Plan plan(WorkerPool pool, List<Replica> replicas, Optional<Deployment> present, Instant now) {
        String uid = pool.getMetadata().getUid();
        boolean replaceable =
                present.map(Rollout::new).filter(Rollout::cannotMakeReplicas).isEmpty();
        FastRestart.Plan plan =
                FastRestart.plan(replicas, replaceable, budgets.getOrDefault(uid, RestartBudget.full(now)), now);
        budgets.put(uid, plan.budget());
        return plan;
    }

    void carryOut(WorkerPool pool, FastRestart.Plan plan) {
        plan.replaced().forEach(replica -> delete(pool.getMetadata().getNamespace(), replica));
    }

    void forget(WorkerPool pool) {
        budgets.remove(pool.getMetadata().getUid());
    }

    /** Failing is no failure of the pass: the node restarts what is not replaced, only later. */
    private void delete(String namespace, Replica replica) {
        try {
            client.raw("/api/v1/namespaces/" + namespace + "/pods/" + replica.name(), "DELETE", options(replica));
        } catch (KubernetesClientException e) {
            // Gone, or not as it was seen: if it still has to go, the event of that change says so.
            if (e.getCode() != HTTP_CONFLICT && e.getCode() != HTTP_NOT_FOUND) {
                LOG.warn("Replica {}/{} is left to its node's back-off", namespace, replica.name(), e);
            }
        }
    }

    /** The node may be starting it this moment: what is deleted is the pod as it was seen, dead, or nothing. */
    private static DeleteOptions options(Replica replica) {
        return new DeleteOptionsBuilder()
                .withApiVersion("v1")
                .withKind("DeleteOptions")
                // There is nothing to wait for; with 0 the pod would vanish before its node has cleared it away.
                .withGracePeriodSeconds(1L)
                .withNewPreconditions()
                .withUid(replica.uid())
                .withResourceVersion(replica.version())
                .endPreconditions()
                .build();
    }
}
