package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.LiveSettings;
import dev.workerpool.operator.event.LifeCycle;
import dev.workerpool.operator.event.Occurrence;
import dev.workerpool.operator.event.Scaling;
import dev.workerpool.operator.event.SettingsChange;
import dev.workerpool.operator.policy.Advice;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.Replica.State;
import dev.workerpool.operator.status.Takeover;
import dev.workerpool.operator.status.Told;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What happened to a pool between the last pass and this one. Remembers the replicas that were leaving, and the settings
 * that all replicas were last seen to run: all else can be read from what there is now.
 */
final class History {

    private final Map<String, Map<String, Replica>> leaving = new ConcurrentHashMap<>();

    private final Map<String, LiveSettings> inForce = new ConcurrentHashMap<>();

    List<Occurrence> occurrences(
            WorkerPool pool,
            List<Replica> replicas,
            Told told,
            Optional<Deployment> lastTold,
            Optional<Advice> advice,
            Instant now) {
        List<Occurrence> occurrences = new ArrayList<>(LifeCycle.of(replicas));
        Optional<Advice> taken = advice.filter(_ -> pool.getSpec().autoscaling().decides());
        lastTold.map(deployment -> deployment.getSpec().getReplicas())
                .flatMap(before -> Scaling.of(pool, before, taken, now))
                .ifPresent(occurrences::add);
        if (taken.isEmpty()) {
            advice.flatMap(untaken -> Scaling.advised(pool, untaken, now)).ifPresent(occurrences::add);
        }
        occurrences.addAll(vanished(pool, replicas, now));
        applied(pool, new Takeover(pool, replicas, told), now).ifPresent(occurrences::add);
        return occurrences;
    }

    void forget(WorkerPool pool) {
        leaving.remove(pool.getMetadata().getUid());
        inForce.remove(pool.getMetadata().getUid());
    }

    /** Told when they changed: a scaled pool is of a new generation too. */
    private Optional<Occurrence> applied(WorkerPool pool, Takeover takeover, Instant now) {
        if (!takeover.isComplete()) {
            return Optional.empty();
        }
        LiveSettings settings = LiveSettings.of(pool);
        LiveSettings before = inForce.put(pool.getMetadata().getUid(), settings);
        return before == null || before.equals(settings)
                ? Optional.empty()
                : Optional.of(SettingsChange.applied(pool, takeover, now));
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
