package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.status.Replica;
import io.javaoperatorsdk.operator.AggregatedOperatorException;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** When to look again, beyond what events and the regular interval bring. */
final class NextPass {

    private static final Duration VOLUMES_OVERDUE = Replica.VOLUME_PATIENCE.plusSeconds(1);

    private NextPass() {}

    /**
     * Throws what may pass by itself, so that the framework tries again with growing pauses and without end. What blocks a
     * child for good is looked at again after a while: nobody tells us when a foreign object goes or a right is granted.
     *
     * @param now for what is overdue then
     * @param status when the status has waited long enough to be written
     * @param budget when a dead replica that has to wait for the restart budget may be made anew
     * @param release when a task type that is refused is let in again
     */
    static UpdateControl<WorkerPool> after(
            Unapplied unapplied,
            List<Replica> replicas,
            Duration whileBlocked,
            Optional<Duration> status,
            Optional<Duration> budget,
            Optional<Duration> release,
            Instant now) {
        if (!unapplied.failures().isEmpty()) {
            Map<String, Exception> failures = new HashMap<>();
            unapplied.failures().forEach(failure -> failures.put("write " + failures.size(), failure));
            throw new AggregatedOperatorException("Not all that is desired could be applied", failures);
        }
        return Stream.of(
                        unapplied.refused().isEmpty() ? Optional.<Duration>empty() : Optional.of(whileBlocked),
                        volumes(replicas),
                        leaving(replicas, now),
                        cpu(replicas, now),
                        status,
                        budget,
                        release)
                .flatMap(Optional::stream)
                .min(Duration::compareTo)
                .map(UpdateControl.<WorkerPool>noUpdate()::rescheduleAfter)
                .orElseGet(UpdateControl::noUpdate);
    }

    /** A node that is lost brings no event. */
    private static Optional<Duration> leaving(List<Replica> replicas, Instant now) {
        return next(replicas.stream().map(Replica::lostAt), now);
    }

    /** Nor does one that keeps a replica waiting. */
    private static Optional<Duration> cpu(List<Replica> replicas, Instant now) {
        return next(
                replicas.stream().filter(Replica::counts).map(replica -> replica.cpu()
                        .overdueAt()),
                now);
    }

    private static Optional<Duration> next(Stream<Optional<Instant>> times, Instant now) {
        return times.flatMap(Optional::stream)
                .filter(now::isBefore)
                .min(Instant::compareTo)
                .map(time -> Duration.between(now, time).plusSeconds(1));
    }

    /** A volume that is not there brings no event either. */
    private static Optional<Duration> volumes(List<Replica> replicas) {
        return replicas.stream().anyMatch(Replica::waitsForVolumes) ? Optional.of(VOLUMES_OVERDUE) : Optional.empty();
    }
}
