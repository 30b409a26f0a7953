package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.report.ReplicaReport.Artifact;
import dev.workerpool.operator.report.ReplicaReports;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.Trouble;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the operator itself met in a pass, worst first. */
final class Troubles {

    /** With the pauses between them some seconds: who only starts again, or is overloaded for a moment, is back by then. */
    private static final int ATTEMPTS_THAT_MAY_FAIL = 4;

    private Troubles() {}

    /** @param retry of the attempts that failed right before this one */
    static List<Trouble> of(
            WorkerPool pool,
            Unapplied unapplied,
            Optional<RetryInfo> retry,
            Collection<Replica> replicas,
            ReplicaReports reports) {
        boolean lasts = retry.filter(failed -> failed.getAttemptCount() >= ATTEMPTS_THAT_MAY_FAIL)
                .isPresent();
        List<Trouble> troubles =
                new ArrayList<>(lasts || isTold(pool, unapplied) ? unapplied.all() : unapplied.refused());
        troubles.addAll(notLoaded(replicas, reports));
        troubles.addAll(notInForce(replicas, reports));
        return troubles;
    }

    /** It lasted already: an operator that has just started counts its own attempts only. */
    private static boolean isTold(WorkerPool pool, Unapplied unapplied) {
        return Optional.ofNullable(pool.getStatus()).stream()
                .flatMap(status -> status.conditions().stream())
                .filter(condition -> condition.type().equals("Degraded")
                        && condition.status().equals("True"))
                .anyMatch(degraded ->
                        unapplied.failed().anyMatch(failed -> failed.reason().equals(degraded.reason())));
    }

    /** Every replica mounts the same Secrets, so one is named for all. */
    private static List<Trouble> notInForce(Collection<Replica> replicas, ReplicaReports reports) {
        Map<String, String> broken = new LinkedHashMap<>();
        for (Replica replica : replicas) {
            reports.of(replica)
                    .ifPresent(report ->
                            report.access().notInForce().forEach(why -> broken.putIfAbsent(why, replica.name())));
        }
        return broken.entrySet().stream()
                .map(entry -> new Trouble(
                        Trouble.ACCESS_NOT_IN_FORCE,
                        "%s: what was there before stays in force, but a replica that starts now does not come up (seen on replica %s)"
                                .formatted(entry.getKey(), entry.getValue())))
                .toList();
    }

    /** Every replica loads the same jars, so one is named for all; the reasons are told once. */
    private static List<Trouble> notLoaded(Collection<Replica> replicas, ReplicaReports reports) {
        Map<Artifact, String> failed = new LinkedHashMap<>();
        for (Replica replica : replicas) {
            reports.of(replica).ifPresent(report -> report.failedArtifacts()
                    .forEach(artifact -> failed.putIfAbsent(artifact, replica.name())));
        }
        return failed.entrySet().stream()
                .map(entry -> new Trouble(
                        Trouble.ARTIFACT_NOT_LOADED,
                        "jar %s did not load: %s (seen on replica %s)"
                                .formatted(entry.getKey().jar(), entry.getKey().reason(), entry.getValue())))
                .toList();
    }
}
