package dev.workerpool.operator.report;

import dev.workerpool.operator.status.Replica;
import java.time.Instant;
import java.util.Optional;

/**
 * One process in a replica: the pod, and when the worker in it started. A restarted one knows nothing of what the one
 * before it was told, and loads its jars anew.
 */
public record Worker(String uid, Instant startedAt) {

    /** Empty while none runs. */
    public static Optional<Worker> of(Replica replica) {
        return replica.startedAt().map(startedAt -> new Worker(replica.uid(), startedAt));
    }
}
