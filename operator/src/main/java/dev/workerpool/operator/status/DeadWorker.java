package dev.workerpool.operator.status;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A worker that died and that its node has not started again.
 *
 * @param lived from its start to its death
 * @param hadBeenReady whether it had taken tasks
 * @param backingOff whether the node says that it waits before it starts it again
 */
public record DeadWorker(Duration lived, boolean hadBeenReady, boolean backingOff) {

    /** Empty while it runs, and when it is kept from starting by something else than its deaths. */
    static Optional<DeadWorker> of(ContainerStatus worker, Optional<PodCondition> notReady) {
        ContainerState state = worker.getState();
        if (state == null) {
            return Optional.empty();
        }
        boolean backingOff = state.getWaiting() != null
                && "CrashLoopBackOff".equals(state.getWaiting().getReason());
        ContainerState ended = backingOff ? worker.getLastState() : state;
        return Optional.ofNullable(ended)
                .map(ContainerState::getTerminated)
                .filter(end -> end.getStartedAt() != null && end.getFinishedAt() != null)
                .map(end -> new DeadWorker(lived(end), hadBeenReady(end, notReady), backingOff));
    }

    private static Duration lived(ContainerStateTerminated end) {
        return Duration.between(Instant.parse(end.getStartedAt()), Instant.parse(end.getFinishedAt()));
    }

    /** The pod says since when it is not Ready. If since a time after this worker's start, the worker had been Ready. */
    private static boolean hadBeenReady(ContainerStateTerminated end, Optional<PodCondition> notReady) {
        return unreadySince(notReady)
                .filter(since -> since.isAfter(Instant.parse(end.getStartedAt())))
                .isPresent();
    }

    /** Not the other's opposite: the pod may not say. */
    static boolean hadNotBeenReady(ContainerStateTerminated end, Optional<PodCondition> notReady) {
        return end.getStartedAt() != null
                && unreadySince(notReady)
                        .filter(since -> !since.isAfter(Instant.parse(end.getStartedAt())))
                        .isPresent();
    }

    private static Optional<Instant> unreadySince(Optional<PodCondition> notReady) {
        return notReady.map(PodCondition::getLastTransitionTime).map(Instant::parse);
    }
}
