package dev.workerpool.operator.status;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How the worker of a replica last died together with its container, as the node tells: of the container, or of the pod where
 * the node ended that as a whole.
 *
 * @param worker absent when the node says nothing of it
 */
record LastDeath(Pod pod, PodStatus status, Optional<ContainerStatus> worker) {

    /** The exit code of a process that SIGTERM ended: a worker that runs handles it. */
    private static final int TERMINATED_WHILE_STARTING = 143;

    /** Why a container waits that was counted already. For all else the one before it is tried again. */
    private static final Set<String> COMING_UP = Set.of("", "ContainerCreating", "PodInitializing");

    Optional<Death> find() {
        if (isOver() && "Failed".equals(status.getPhase()) && worker.isEmpty()) {
            return Optional.of(ofPod());
        }
        return worker.flatMap(this::ofWorker).or(() -> isEvicted() ? Optional.of(ofPod()) : Optional.empty());
    }

    /** A worker that exited because its pod was deleted did not die. */
    Optional<Instant> leftAt() {
        return worker.map(ContainerStatus::getState)
                .map(state -> state.getTerminated())
                .filter(terminated -> isLeaving(terminated.getExitCode()))
                .map(terminated -> terminated.getFinishedAt())
                .map(Instant::parse);
    }

    boolean isOver() {
        return "Failed".equals(status.getPhase()) || "Succeeded".equals(status.getPhase());
    }

    private Optional<Death> ofWorker(ContainerStatus worker) {
        var now = worker.getState() == null ? null : worker.getState().getTerminated();
        if (now != null && !isLeaving(now.getExitCode())) {
            return Optional.of(Death.of(name(), uid(), restarts(), now));
        }
        var before =
                worker.getLastState() == null ? null : worker.getLastState().getTerminated();
        return Optional.ofNullable(before)
                .map(terminated -> Death.of(name(), uid(), containerBefore(worker), terminated));
    }

    /**
     * Which container the node means by its last state, counted from 0: the one before the present, or the present one itself
     * where that ended and its node waits before it tries another.
     */
    static int containerBefore(ContainerStatus worker) {
        int present = Objects.requireNonNullElse(worker.getRestartCount(), 0);
        ContainerStateWaiting waiting =
                worker.getState() == null ? null : worker.getState().getWaiting();
        boolean ended = waiting != null && waiting.getReason() != null && !COMING_UP.contains(waiting.getReason());
        return ended ? present : present - 1;
    }

    /** Its pod was deleted, and it drained, or was told so before it could take anything. */
    private boolean isLeaving(Integer exitCode) {
        boolean asked = pod.getMetadata().getDeletionTimestamp() != null;
        return asked && (Objects.equals(exitCode, 0) || Objects.equals(exitCode, TERMINATED_WHILE_STARTING));
    }

    private boolean isEvicted() {
        return isOver() && "Evicted".equals(status.getReason());
    }

    /** The kubelet ended the pod as a whole: it says why, and often nothing of the containers. */
    private Death ofPod() {
        return new Death(
                name(),
                uid(),
                restarts(),
                Optional.empty(),
                status.getReason() == null ? "Failed" : status.getReason(),
                status.getMessage() == null ? "" : status.getMessage(),
                podFailedAt(),
                List.of());
    }

    private Instant podFailedAt() {
        return status.getConditions().stream()
                .filter(condition -> condition.getType().equals("DisruptionTarget")
                        || condition.getType().equals("Ready"))
                .map(condition -> condition.getLastTransitionTime())
                .filter(Objects::nonNull)
                .map(Instant::parse)
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    private int restarts() {
        return worker.map(ContainerStatus::getRestartCount).orElse(0);
    }

    private String name() {
        return pod.getMetadata().getName();
    }

    private String uid() {
        return pod.getMetadata().getUid();
    }
}
