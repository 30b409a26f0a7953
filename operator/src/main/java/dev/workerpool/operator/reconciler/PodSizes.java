package dev.workerpool.operator.reconciler;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.Cpu;
import dev.workerpool.operator.desired.DesiredDeployment;
import dev.workerpool.operator.desired.Release;
import dev.workerpool.operator.desired.WorkerPoolNames;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.Rollout;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/**
 * Gives pods the CPU that their pool says now, without a restart, where the cluster can. Level-triggered: a pod whose spec
 * has another CPU is asked to be resized, a new one right after its creation; when it gets it is its node's business, and
 * the pod's conditions tell.
 */
final class PodSizes {

    private static final PatchContext MERGE = new PatchContext.Builder()
            .withPatchType(PatchType.STRATEGIC_MERGE)
            .withFieldManager(WorkerPoolNames.FIELD_MANAGER)
            .build();

    /** A cluster may learn it while the operator runs: by an upgrade. */
    static final Duration ASK_AGAIN = Duration.ofMinutes(5);

    private final KubernetesClient client;
    private final LongSupplier nanoTime;
    private boolean asked;
    private boolean possible;
    private long askedAt;

    PodSizes(KubernetesClient client, LongSupplier nanoTime) {
        this.client = client;
        this.nanoTime = nanoTime;
    }

    /**
     * A yes stands, for servers of two versions may answer during an upgrade, and a no after a yes would replace the pods of
     * every pool that was resized before. So would a failure to find out: it fails the pass, which is tried again.
     */
    synchronized boolean arePossible() {
        boolean due = !asked || (!possible && nanoTime.getAsLong() - askedAt >= ASK_AGAIN.toNanos());
        if (due) {
            APIResourceList core = client.getApiResources("v1");
            possible = core != null
                    && core.getResources().stream()
                            .anyMatch(resource -> resource.getName().equals("pods/resize"));
            asked = true;
            askedAt = nanoTime.getAsLong();
        }
        return possible;
    }

    /**
     * Where one replica cannot be resized, a change would never reach it: then all are replaced. So they are, once, where the
     * template's CPU is in the way: a new pod may have been placed where what is asked for has no room, or not be let in with
     * what it starts with.
     *
     * @param present the Deployment as it is
     */
    static boolean suffice(WorkerPool pool, Collection<Replica> replicas, Optional<Deployment> present, Instant now) {
        Cpu asked = Cpu.of(pool.getSpec().resources());
        boolean inTheWay = present.filter(
                        deployment -> !DesiredDeployment.cpu(deployment).equals(asked))
                .filter(deployment -> refusesItsPods(deployment, asked)
                        || replicas.stream()
                                .anyMatch(replica ->
                                        replica.counts() && replica.cpu().isOverdue(now)))
                .isPresent();
        return !inTheWay
                && replicas.stream().filter(Replica::counts).allMatch(replica -> replica.cpu()
                        .canBecome(asked));
    }

    /** Where it is for want of quota, only a template that asks for more than the pool is in the way. */
    private static boolean refusesItsPods(Deployment present, Cpu asked) {
        var rollout = new Rollout(present);
        return rollout.cannotMakeReplicas()
                && (!rollout.isOutOfQuota() || DesiredDeployment.cpu(present).asksMoreThan(asked));
    }

    /**
     * Does nothing where pods are replaced instead.
     *
     * @return what the API server did not take
     */
    List<NotResized> bring(WorkerPool pool, Collection<Replica> replicas, Release release) {
        Cpu asked = Cpu.of(pool.getSpec().resources());
        List<Replica> others = replicas.stream()
                .filter(Replica::counts)
                .filter(replica -> !replica.cpu().asked().equals(asked))
                .toList();
        if (others.isEmpty() || !release.resizesPods()) {
            return List.of();
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<NotResized>>> writes = others.stream()
                    .map(replica ->
                            threads.submit(() -> resize(pool.getMetadata().getNamespace(), replica, asked)))
                    .toList();
            return writes.stream()
                    .map(PodSizes::outcome)
                    .flatMap(Optional::stream)
                    .toList();
        }
    }

    private static Optional<NotResized> outcome(Future<Optional<NotResized>> write) {
        try {
            return write.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private Optional<NotResized> resize(String namespace, Replica replica, Cpu asked) {
        Map<String, Object> worker = Map.of("name", WorkerPoolNames.WORKER_CONTAINER, "resources", asked.amounts());
        Map<String, Object> patch =
                Map.of("metadata", Map.of("uid", replica.uid()), "spec", Map.of("containers", List.of(worker)));
        try {
            client.pods()
                    .inNamespace(namespace)
                    .withName(replica.name())
                    .subresource("resize")
                    .patch(MERGE, Serialization.asJson(patch));
            return Optional.empty();
        } catch (KubernetesClientException e) {
            boolean gone = e.getCode() == HTTP_NOT_FOUND || e.getCode() == HTTP_CONFLICT;
            return gone ? Optional.empty() : Optional.of(new NotResized(replica.name(), e));
        }
    }
}
