package dev.workerpool.operator.report;

import dev.workerpool.operator.status.Replica;
import java.time.Instant;
import java.util.Optional;

/**
 * One process in a replica: the pod, when its container started, and the how-many-th worker of that container it is. A
 * restarted one knows nothing of what the one before it was told, and loads its jars anew.
 */
public record Worker(String uid, Instant startedAt, int restartInPlace) {

    /** Empty while none runs. */
    public static Optional<Worker> of(Replica replica) {
        return replica.startedAt().map(startedAt -> new Worker(replica.uid(), startedAt, replica.restartsInPlace()));
    }

    /** The first one of the same container, by which the container itself is known. */
    Worker first() {
        return new Worker(uid, startedAt, 0);
    }
}
