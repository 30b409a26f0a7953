package dev.workerpool.operator.status;

import dev.workerpool.api.v1alpha1.RefusedTask;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Something that needs a person's attention.
 *
 * @param reason one CamelCase word, a reason of the condition Degraded
 * @param message what and where, for people
 */
public record Trouble(String reason, String message) {

    public static final String NAME_CONFLICT = "NameConflict";
    public static final String APPLY_FAILED = "ApplyFailed";
    public static final String ARTIFACT_NOT_LOADED = "ArtifactNotLoaded";
    public static final String ACCESS_NOT_IN_FORCE = "AccessNotInForce";
    static final String THREADS_NOT_STARTED = "ThreadsNotStarted";
    static final String SETTINGS_REFUSED = "SettingsRefused";
    public static final String CPU_NOT_CHANGED = "CpuNotChanged";
    static final String SPEC_NOT_UNDERSTOOD = "SpecNotUnderstood";
    static final String REPLICAS_NOT_CREATED = "ReplicasNotCreated";
    static final String VOLUMES_NOT_MOUNTED = "VolumesNotMounted";
    static final String SANDBOX_NOT_READY = "SandboxNotReady";
    private static final String NODE_LOST = "NodeLost";
    static final String ROLLOUT_STALLED = "RolloutStalled";
    private static final String IMAGE_NOT_PULLED = "ImageNotPulled";
    private static final String CRASH_LOOP = "CrashLoop";

    /** From so many on, a container that is started again is being tried again. */
    private static final int RESTARTS_OF_A_LOOP = 2;

    private static final String FAILURE = "ErrImagePull: ";

    /** Reasons for which a container waits, as the kubelet names them, and what they come to. */
    private static final Map<String, String> WAITING = Map.of(
            "ErrImagePull",
            IMAGE_NOT_PULLED,
            "ImagePullBackOff",
            IMAGE_NOT_PULLED,
            "ErrImageNeverPull",
            IMAGE_NOT_PULLED,
            "InvalidImageName",
            IMAGE_NOT_PULLED,
            "CrashLoopBackOff",
            CRASH_LOOP,
            "CreateContainerConfigError",
            "ContainerNotCreated",
            "CreateContainerError",
            "ContainerNotCreated",
            "RunContainerError",
            "ContainerNotCreated");

    /** @param notReady what the pod says of its not being Ready; empty while it is */
    static Optional<Trouble> ofContainer(String pod, ContainerStatus container, Optional<PodCondition> notReady) {
        ContainerStateWaiting waiting =
                container.getState() == null ? null : container.getState().getWaiting();
        String waits = waiting == null || waiting.getReason() == null ? null : WAITING.get(waiting.getReason());
        String reason = waits == null && isTriedAgain(container, notReady) ? CRASH_LOOP : waits;
        if (reason == null) {
            return Optional.empty();
        }
        String where = "replica " + pod + ", container " + container.getName() + ": ";
        String what =
                switch (reason) {
                    case CRASH_LOOP -> crash(container);
                    case IMAGE_NOT_PULLED ->
                        "image " + container.getImage() + " is not pulled" + orEmpty(cause(waiting));
                    default -> waiting.getReason() + " " + container.getImage() + orEmpty(waiting.getMessage());
                };
        return Optional.of(new Trouble(reason, where + what));
    }

    /**
     * With every attempt the kubelet turns from the failure to the pause and back. The pause's message has the failure's behind
     * its own: told that way, both say the same, and no status is written for it.
     */
    private static String cause(ContainerStateWaiting waiting) {
        String message = waiting.getMessage();
        int failure = message == null ? -1 : message.indexOf(FAILURE);
        return failure < 0 ? message : message.substring(failure + FAILURE.length());
    }

    /** The kubelet says so only in the pauses; in the attempts between them nothing is better. */
    private static boolean isTriedAgain(ContainerStatus container, Optional<PodCondition> notReady) {
        return container.getRestartCount() >= RESTARTS_OF_A_LOOP
                && !Boolean.TRUE.equals(container.getReady())
                && lastEnd(container)
                        .filter(end -> DeadWorker.hadNotBeenReady(end, notReady))
                        .isPresent();
    }

    private static Optional<ContainerStateTerminated> lastEnd(ContainerStatus container) {
        return Stream.of(container.getState(), container.getLastState())
                .filter(Objects::nonNull)
                .map(ContainerState::getTerminated)
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static String crash(ContainerStatus container) {
        Optional<ContainerStateTerminated> death = lastEnd(container);
        if (death.isEmpty()) {
            return "keeps exiting";
        }
        ContainerStateTerminated end = death.get();
        String words = end.getMessage() == null ? "" : end.getMessage().strip();
        return "keeps exiting, last with exit code " + end.getExitCode() + " (" + end.getReason() + ")"
                + (words.isEmpty() ? "" : ": " + words);
    }

    static Trouble ofRefusedTask(RefusedTask task) {
        return new Trouble(
                "TaskRefused",
                "task type " + task.type() + " was running at " + task.deaths()
                        + " deaths of workers and is refused until " + task.until());
    }

    static Trouble ofLost(Replica replica) {
        return new Trouble(
                NODE_LOST,
                "replica " + replica.name() + " should have left, and its node "
                        + replica.node().orElse("")
                        + " does not say that it has: it is not waited for; it goes when the node is"
                        + " back, or is removed from the cluster");
    }

    static Optional<Trouble> ofPod(String pod, PodCondition condition) {
        if (is(condition, "PodScheduled", "False", "Unschedulable")) {
            return Optional.of(new Trouble(
                    "Unschedulable", "replica " + pod + " fits on no node" + orEmpty(condition.getMessage())));
        }
        return is(condition, "PodResizePending", "True", "Infeasible")
                ? Optional.of(new Trouble(
                        CPU_NOT_CHANGED,
                        "replica " + pod + " serves on with the CPU it has, its node cannot give it another"
                                + orEmpty(condition.getMessage())))
                : Optional.empty();
    }

    private static boolean is(PodCondition condition, String type, String status, String reason) {
        return condition.getType().equals(type)
                && condition.getStatus().equals(status)
                && reason.equals(condition.getReason());
    }

    private static String orEmpty(String message) {
        return message == null ? "" : ": " + message;
    }
}
