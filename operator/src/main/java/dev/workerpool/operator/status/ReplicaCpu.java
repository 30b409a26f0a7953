package dev.workerpool.operator.status;

import static dev.workerpool.operator.desired.WorkerPoolNames.WORKER_CONTAINER;

import dev.workerpool.operator.desired.Cpu;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** The CPU of a replica, which its node may change while it runs, or owe it for a while. */
public final class ReplicaCpu {

    /** How long another CPU may take that a node is about to give. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Pod pod;
    private final PodConditions conditions;
    private final Optional<ContainerStatus> worker;

    ReplicaCpu(Pod pod, PodConditions conditions, Optional<ContainerStatus> worker) {
        this.pod = pod;
        this.conditions = conditions;
        this.worker = worker;
    }

    /** What its pod is to have; the node may still owe it. */
    public Cpu asked() {
        return pod.getSpec().getContainers().stream()
                .filter(container -> container.getName().equals(WORKER_CONTAINER))
                .findFirst()
                .map(Container::getResources)
                .map(Cpu::in)
                .orElseGet(() -> Cpu.in(new ResourceRequirements()));
    }

    /** What its worker has, as its node tells; what its pod is to have, where the node does not tell. */
    public Cpu given() {
        Cpu asked = asked();
        return worker.map(ContainerStatus::getResources)
                .map(Cpu::in)
                .filter(given -> given.request().isPresent() == asked.request().isPresent()
                        && given.limit().isPresent() == asked.limit().isPresent())
                .orElse(asked);
    }

    /**
     * Whether it can come to this CPU while it runs. A node that does not tell what its containers have is older than
     * resizing; the API server goes by the same and refuses it there.
     */
    public boolean canBecome(Cpu other) {
        return !keepsMoreThan(other) && (asked().equals(other) || (asked().canBecome(other) && isResizable()));
    }

    /**
     * A pod is as large as the larger of its worker and each of its init containers, also long after those are done, and they
     * can never be resized: with a smaller worker it would take no less room, and need as much to be placed.
     */
    boolean keepsMoreThan(Cpu other) {
        return pod.getSpec().getInitContainers().stream()
                .map(Container::getResources)
                .filter(Objects::nonNull)
                .map(Cpu::in)
                .anyMatch(kept -> kept.isMoreThan(other));
    }

    boolean isResizable() {
        return worker.filter(Replica::hasStarted)
                .map(running -> running.getResources() != null)
                .orElse(true);
    }

    /** Its node has not given it the CPU yet that it is to have, and says so. */
    boolean isAwaited() {
        return conditions.has("PodResizeInProgress", "True")
                || conditions
                        .find("PodResizePending", "True")
                        .filter(pending -> !"Infeasible".equals(pending.getReason()))
                        .isPresent();
    }

    /** When a node that keeps it waiting counts as one that will not give it; empty while none does. */
    public Optional<Instant> overdueAt() {
        return conditions.since("PodResizePending", "True").map(since -> since.plus(PATIENCE));
    }

    public boolean isOverdue(Instant now) {
        return overdueAt().filter(overdue -> !overdue.isAfter(now)).isPresent();
    }
}
