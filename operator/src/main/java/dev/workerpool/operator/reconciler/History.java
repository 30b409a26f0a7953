package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.event.LifeCycle;
import dev.workerpool.operator.event.Occurrence;
import dev.workerpool.operator.event.Scaling;
import dev.workerpool.operator.policy.Advice;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.Replica.State;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What happened to a pool between the last pass and this one. Remembers only the replicas that were leaving: all else can
 * be read from what there is now.
 */
final class History {

    private final Map<String, Map<String, Replica>> leaving = new ConcurrentHashMap<>();

    List<Occurrence> occurrences(
            WorkerPool pool,
            List<Replica> replicas,
            Optional<Deployment> lastTold,
            Optional<Advice> advice,
            Instant now) {
        List<Occurrence> occurrences = new ArrayList<>(LifeCycle.of(replicas));
        lastTold.map(deployment -> deployment.getSpec().getReplicas())
                .flatMap(before -> Scaling.of(pool, before, advice, now))
                .ifPresent(occurrences::add);
        occurrences.addAll(vanished(pool, replicas, now));
        return occurrences;
    }

    void forget(WorkerPool pool) {
        leaving.remove(pool.getMetadata().getUid());
    }

    private List<Occurrence> vanished(WorkerPool pool, List<Replica> replicas, Instant now) {
        Map<String, Replica> leavingNow = new HashMap<>();
        Map<String, Replica> before = leaving.getOrDefault(pool.getMetadata().getUid(), Map.of());
        List<Occurrence> vanished = new ArrayList<>();
        Map<String, Replica> present = new HashMap<>();
        for (Replica replica : replicas) {
            present.put(replica.uid(), replica);
            if (replica.state() == State.DRAINING && replica.startedAt().isPresent()) {
                leavingNow.put(replica.uid(), replica);
            }
        }
        before.forEach((uid, replica) -> {
            if (!present.containsKey(uid)) {
                vanished.add(LifeCycle.vanished(replica, now));
            }
        });
        leaving.put(pool.getMetadata().getUid(), leavingNow);
        return vanished;
    }
}
