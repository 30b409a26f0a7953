package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.WorkerPoolNames;
import dev.workerpool.operator.policy.DeletionCosts;
import dev.workerpool.operator.report.ReplicaReports;
import dev.workerpool.operator.status.Load;
import dev.workerpool.operator.status.Replica;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a scale-in take idle replicas before busy ones: right before the Deployment is told to keep fewer, asks each
 * replica for its load and writes what losing it would cost on its pod. At no other time, as Kubernetes advises; the next
 * scale-in writes all of them anew. What fails or takes too long does not hold the scale-in up.
 *
 * <p>Each write of a cost is an event, and brings the next pass. So where the Deployment cannot be told, a scale-in is prepared
 * again only when the costs are too old to be worth anything.
 */
final class IdleFirst {

    private static final Logger LOG = LoggerFactory.getLogger(IdleFirst.class);

    /** For the questions, and once more for the writes. */
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";

    private static final PatchContext MERGE = new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager(WorkerPoolNames.FIELD_MANAGER)
            .build();

    /** A scale-in of a Deployment as it was, for which the replicas were asked. */
    private record Prepared(long generation, int desired, long askedAt) {

        boolean servesFor(Prepared next) {
            return generation == next.generation
                    && desired == next.desired
                    && next.askedAt - askedAt < ReplicaReports.FRESH.toNanos();
        }
    }

    private final KubernetesClient client;
    private final ReplicaReports reports;
    private final LongSupplier nanoTime;
    private final Map<String, Prepared> prepared = new ConcurrentHashMap<>();

    IdleFirst(KubernetesClient client, ReplicaReports reports, LongSupplier nanoTime) {
        this.client = client;
        this.reports = reports;
        this.nanoTime = nanoTime;
    }

    /** @param lastTold the Deployment as it is, before it is told the new number */
    void prepare(WorkerPool pool, Optional<Deployment> lastTold, List<Replica> replicas) {
        int desired = pool.getSpec().replicas();
        int before =
                lastTold.map(deployment -> deployment.getSpec().getReplicas()).orElse(0);
        List<Replica> candidates = replicas.stream().filter(Replica::counts).toList();
        // Where all go, or none, there is nothing to choose.
        if (desired >= before || desired == 0 || candidates.size() <= desired || !isDue(pool, lastTold.orElseThrow())) {
            return;
        }
        Map<String, Load> loads = new HashMap<>();
        // A busy machine may make an idle replica late: what it said a moment ago is better than nothing.
        candidates.forEach(replica -> reports.freshLoad(replica).ifPresent(load -> loads.put(replica.uid(), load)));
        loads.putAll(reports.loadsNow(candidates, LIMIT));
        write(pool.getMetadata().getNamespace(), DeletionCosts.of(candidates, loads));
    }

    void forget(WorkerPool pool) {
        prepared.remove(pool.getMetadata().getUid());
    }

    private boolean isDue(WorkerPool pool, Deployment present) {
        var now = new Prepared(
                present.getMetadata().getGeneration(), pool.getSpec().replicas(), nanoTime.getAsLong());
        Prepared last = prepared.get(pool.getMetadata().getUid());
        if (last != null && last.servesFor(now)) {
            return false;
        }
        prepared.put(pool.getMetadata().getUid(), now);
        return true;
    }

    private void write(String namespace, Map<Replica, Integer> costs) {
        List<Callable<Object>> writes = costs.entrySet().stream()
                .map(entry -> Executors.callable(() -> write(namespace, entry.getKey(), entry.getValue())))
                .toList();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.invokeAll(writes, LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(String namespace, Replica replica, int cost) {
        Map<String, Object> metadata =
                Map.of("uid", replica.uid(), "annotations", Map.of(COST, Integer.toString(cost)));
        try {
            client.pods()
                    .inNamespace(namespace)
                    .withName(replica.name())
                    .patch(MERGE, Serialization.asJson(Map.of("metadata", metadata)));
        } catch (KubernetesClientException e) {
            LOG.debug("Replica {}/{} may be taken before an idle one", namespace, replica.name(), e);
        }
    }
}
