package dev.workerpool.operator.status;

import dev.workerpool.api.v1alpha1.LastDeath;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.operator.desired.WorkerPoolNames;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Computes a pool's status from what was observed and the status before. */
public final class StatusCalculator {

    private StatusCalculator() {}

    public static WorkerPoolStatus calculate(WorkerPool pool, Observed observed, Instant now) {
        Optional<WorkerPoolStatus> before = Optional.ofNullable(pool.getStatus());
        List<Replica> replicas = observed.replicas();
        List<Replica> ready = replicas.stream()
                .filter(replica -> replica.state() == Replica.State.READY)
                .toList();
        Restarts restarts = Restarts.of(before, observed);
        var takeover = new Takeover(pool, replicas, observed.told());
        return new WorkerPoolStatus(
                pool.getMetadata().getGeneration(),
                pool.getSpec().replicas(),
                (int) replicas.stream().filter(Replica::counts).count(),
                ready.size(),
                ready.stream().mapToInt(takeover::threads).sum(),
                takeover.status(),
                restarts.total(),
                restarts.byReplica(),
                lastDeath(before, replicas),
                observed.autoscaling().orElse(null),
                observed.refusedTasks(),
                observed.pastRefusals(),
                WorkerPoolNames.POOL_LABEL + "=" + pool.getMetadata().getName(),
                observed.childrenDigest().orElse(null),
                new Conditions(pool, observed, takeover, now).all());
    }

    /**
     * For a pool whose spec could not be decoded: what was known of it stays, for its replicas run on; only the trouble is
     * new.
     */
    public static WorkerPoolStatus undecodable(WorkerPool pool, String problem, Instant now) {
        Optional<WorkerPoolStatus> before = Optional.ofNullable(pool.getStatus());
        return new WorkerPoolStatus(
                pool.getMetadata().getGeneration(),
                before.map(WorkerPoolStatus::desiredReplicas).orElse(null),
                before.map(WorkerPoolStatus::replicas).orElse(0),
                before.map(WorkerPoolStatus::readyReplicas).orElse(0),
                before.map(WorkerPoolStatus::threads).orElse(0),
                before.map(WorkerPoolStatus::settings).orElse(null),
                before.map(WorkerPoolStatus::restarts).orElse(0),
                before.map(WorkerPoolStatus::restartsByReplica).orElse(Map.of()),
                before.map(WorkerPoolStatus::lastDeath).orElse(null),
                before.map(WorkerPoolStatus::autoscaling).orElse(null),
                before.map(WorkerPoolStatus::refusedTasks).orElse(List.of()),
                before.map(WorkerPoolStatus::pastRefusals).orElse(List.of()),
                WorkerPoolNames.POOL_LABEL + "=" + pool.getMetadata().getName(),
                before.map(WorkerPoolStatus::childrenDigest).orElse(null),
                Conditions.undecodable(pool, problem, now));
    }

    private static LastDeath lastDeath(Optional<WorkerPoolStatus> before, List<Replica> replicas) {
        Optional<LastDeath> known = before.map(WorkerPoolStatus::lastDeath);
        return replicas.stream()
                .flatMap(Replica::deaths)
                // The node tells whole seconds, and of those of one second a replica's own last is the last.
                .reduce((one, other) -> second(other.at()).isBefore(second(one.at())) ? one : other)
                .filter(death -> known.map(LastDeath::at)
                        .map(Instant::parse)
                        .map(at -> !second(death.at()).isBefore(second(at)))
                        .orElse(true))
                .map(Death::toStatus)
                .or(() -> known)
                .orElse(null);
    }

    private static Instant second(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS);
    }
}
