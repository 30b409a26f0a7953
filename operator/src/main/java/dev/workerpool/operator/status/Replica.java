package dev.workerpool.operator.status;

import static dev.workerpool.operator.desired.WorkerPoolNames.TEMPLATE_LABEL;
import static dev.workerpool.operator.desired.WorkerPoolNames.WORKER_CONTAINER;
import static java.util.Objects.requireNonNullElse;

import dev.workerpool.operator.desired.LiveEnvironment;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** One pod of a pool, seen as a replica. */
public final class Replica {

    /** The life of a replica, in the order it passes through. */
    public enum State {
        /** The pod exists; its worker does not run yet, or not again yet. */
        PENDING,
        /** The worker runs and is not Ready. */
        STARTED,
        /** The worker takes tasks. */
        READY,
        /** The pod is being deleted; the worker finishes what it accepted. */
        DRAINING,
        /** The pod is over and will not run again. */
        EXITED
    }

    /** How long a node usually needs at most to mount volumes that are there. */
    public static final Duration VOLUME_PATIENCE = Duration.ofSeconds(20);

    /** How long a node usually needs at most to remove a pod whose grace period is over. */
    public static final Duration NODE_PATIENCE = Duration.ofSeconds(30);

    private final Pod pod;
    private final PodStatus status;
    private final PodConditions conditions;
    private final List<PastDeath> told;

    public Replica(Pod pod) {
        this(pod, List.of());
    }

    private Replica(Pod pod, List<PastDeath> told) {
        this.pod = pod;
        this.told = List.copyOf(told);
        // Absent until the API server or the kubelet has said anything.
        this.status = requireNonNullElse(pod.getStatus(), new PodStatus());
        this.conditions = new PodConditions(status.getConditions());
    }

    /** @param deaths of earlier workers in the container that runs now, as the present worker tells them */
    public Replica with(List<PastDeath> deaths) {
        return new Replica(pod, deaths);
    }

    public String name() {
        return pod.getMetadata().getName();
    }

    public String uid() {
        return pod.getMetadata().getUid();
    }

    /** What was seen, to be named in a write that must not hit anything newer. */
    public String version() {
        return pod.getMetadata().getResourceVersion();
    }

    Instant madeAt() {
        return Instant.parse(pod.getMetadata().getCreationTimestamp());
    }

    public State state() {
        if (end().isOver()) {
            return State.EXITED;
        }
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            return State.DRAINING;
        }
        if (worker().filter(Replica::hasStarted).isEmpty()) {
            return State.PENDING;
        }
        return conditions.has("Ready", "True") ? State.READY : State.STARTED;
    }

    /** Its worker runs and is not asked to leave. */
    public boolean isRunning() {
        return state() == State.STARTED || state() == State.READY;
    }

    /** Its pod is being deleted, and what it accepted is finished, for all that is known. */
    public boolean isLeaving() {
        return state() == State.DRAINING;
    }

    /** Neither leaving nor over: one of the replicas that were asked for. */
    public boolean counts() {
        return state() != State.DRAINING && state() != State.EXITED;
    }

    /** By its node. */
    public int restarts() {
        return worker().map(ContainerStatus::getRestartCount).orElse(0);
    }

    /** Within the container that runs now or ran last, by its primary; as far as known. */
    public int restartsInPlace() {
        return PastDeath.restarts(inPlace().deaths(restarts()));
    }

    /** Deaths after which its primary forked another worker at once, oldest first, as far as known. */
    public List<Death> deathsInPlace() {
        return inPlace().deaths().map(death -> death.of(this)).toList();
    }

    DeathsInPlace inPlace() {
        return new DeathsInPlace(worker(), told);
    }

    /** All that are known of. */
    public Stream<Death> deaths() {
        return Stream.concat(deathsInPlace().stream(), lastDeath().stream());
    }

    public Optional<String> node() {
        return Optional.ofNullable(pod.getSpec().getNodeName());
    }

    public Optional<String> address() {
        return Optional.ofNullable(status.getPodIP());
    }

    /** Stands for the template that it was made of. */
    public String template() {
        return pod.getMetadata().getLabels().getOrDefault(TEMPLATE_LABEL, "");
    }

    /** When the worker that runs now started; empty while none runs. */
    public Optional<Instant> startedAt() {
        return worker().map(ContainerStatus::getState)
                .map(state -> state.getRunning())
                .map(running -> running.getStartedAt())
                .map(Instant::parse);
    }

    /** When it last turned Ready; empty while it is not. */
    public Optional<Instant> readyAt() {
        if (state() != State.READY) {
            return Optional.empty();
        }
        return conditions.since("Ready", "True");
    }

    /**
     * When its pod was asked to leave. Kubernetes notes the time by which it must be gone: the request and the grace
     * period together.
     */
    public Optional<Instant> leavingSince() {
        return Optional.ofNullable(pod.getMetadata().getDeletionTimestamp())
                .map(Instant::parse)
                .map(deadline -> deadline.minusSeconds(
                        Objects.requireNonNullElse(pod.getMetadata().getDeletionGracePeriodSeconds(), 0L)));
    }

    /**
     * Its node should have removed it by now, and has not: nobody knows whether its worker still runs. It stays until the
     * node is back or somebody removes it, and is not waited for.
     */
    public boolean isLost(Instant now) {
        return lostAt().filter(lost -> !lost.isAfter(now)).isPresent();
    }

    /** When it counts as lost if it is still there; empty while it is not asked to leave, and when it has left. */
    public Optional<Instant> lostAt() {
        return Optional.of(pod.getMetadata())
                .filter(_ -> state() == State.DRAINING)
                .map(metadata -> Instant.parse(metadata.getDeletionTimestamp()).plus(NODE_PATIENCE));
    }

    /** When its worker left as it was asked to. */
    public Optional<Instant> exitedAt() {
        return end().leftAt();
    }

    /** Threads its worker was started with; 0 when the pod is not of our making. */
    public int threads() {
        return environment().threads();
    }

    public ReplicaCpu cpu() {
        return new ReplicaCpu(pod, conditions, worker());
    }

    /** What its worker reads when it starts, of what may change afterwards. */
    public LiveEnvironment environment() {
        return LiveEnvironment.in(pod.getSpec().getContainers().stream()
                .filter(container -> container.getName().equals(WORKER_CONTAINER))
                .flatMap(container -> container.getEnv().stream())
                .toList());
    }

    /**
     * How its worker last died together with its container, if it did. A worker that exited because its pod was deleted did
     * not die: it left.
     */
    public Optional<Death> lastDeath() {
        return end().find();
    }

    private LastDeath end() {
        return new LastDeath(pod, status, worker());
    }

    /** Its worker died and is not back, whether its pod is asked to leave or not. */
    public boolean isDown() {
        return startedAt().isEmpty() && lastDeath().isPresent();
    }

    /** Its worker died and is not back; empty when its pod is asked to leave or over. */
    public Optional<DeadWorker> deadWorker() {
        return counts()
                ? worker().flatMap(worker -> DeadWorker.of(worker, conditions.find("Ready", "False")))
                : Optional.empty();
    }

    /** What keeps the pod from running, worst first. */
    List<Trouble> troubles() {
        if (!counts()) {
            return List.of();
        }
        return Stream.concat(
                        containers()
                                .map(container ->
                                        Trouble.ofContainer(name(), container, conditions.find("Ready", "False"))),
                        status.getConditions().stream().map(condition -> Trouble.ofPod(name(), condition)))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Its node has it, and cannot start its containers yet: they need the volumes first. */
    public boolean waitsForVolumes() {
        return counts() && volumesAwaitedSince().isPresent();
    }

    boolean waitsTooLongForVolumes(Instant now) {
        return counts()
                && volumesAwaitedSince()
                        .filter(since -> !since.plus(VOLUME_PATIENCE).isAfter(now))
                        .isPresent();
    }

    /** From its node on, or since its node makes its sandbox anew: that needs the volumes once more. */
    private Optional<Instant> volumesAwaitedSince() {
        return conditions
                .find("PodReadyToStartContainers", "False")
                .flatMap(_ -> conditions.since("PodScheduled", "True").map(scheduled -> conditions
                        .since("PodReadyToStartContainers", "False")
                        .filter(scheduled::isBefore)
                        .orElse(scheduled)));
    }

    private Stream<ContainerStatus> containers() {
        return Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream());
    }

    private Optional<ContainerStatus> worker() {
        return status.getContainerStatuses().stream()
                .filter(container -> container.getName().equals(WORKER_CONTAINER))
                .findFirst();
    }

    /** Its process runs, whether it takes tasks or not. */
    static boolean hasStarted(ContainerStatus worker) {
        return worker.getState() != null && worker.getState().getRunning() != null;
    }
}
