package dev.workerpool.operator.status;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** How far the Deployment is with what it was told. */
public final class Rollout {

    private final Deployment deployment;
    private final DeploymentStatus status;

    public Rollout(Deployment deployment) {
        this.deployment = deployment;
        this.status = requireNonNullElse(deployment.getStatus(), new DeploymentStatus());
    }

    /** Told this, it has nothing left to replace. */
    boolean isComplete(int desired) {
        int updated = requireNonNullElse(status.getUpdatedReplicas(), 0);
        int total = requireNonNullElse(status.getReplicas(), 0);
        return isObserved() && updated >= desired && total == updated;
    }

    String progress(int desired) {
        int updated = isObserved() ? requireNonNullElse(status.getUpdatedReplicas(), 0) : 0;
        return updated + " of " + desired + " replicas are up to date"
                + (isPaused()
                        ? "; the Deployment is paused, kubectl rollout resume deployment/"
                                + deployment.getMetadata().getName() + " lets it go on"
                        : "");
    }

    /** Somebody's own doing, which is left to them. */
    private boolean isPaused() {
        return deployment.getSpec() != null
                && Boolean.TRUE.equals(deployment.getSpec().getPaused());
    }

    private boolean isObserved() {
        return Objects.equals(
                status.getObservedGeneration(), deployment.getMetadata().getGeneration());
    }

    /** For want of quota, or because something refuses its pods: one that goes gets no successor. */
    public boolean cannotMakeReplicas() {
        return replicaFailure().isPresent();
    }

    /**
     * There is no reason of its own for it, but a quota's refusal has these words. Another's that had them too would leave the
     * template as it is, and the pool without the replicas that are refused; a quota's without them would have all replaced, once.
     */
    public boolean isOutOfQuota() {
        return replicaFailure()
                .map(DeploymentCondition::getMessage)
                .filter(message -> message.contains("exceeded quota"))
                .isPresent();
    }

    List<Trouble> troubles() {
        return Stream.of(
                        replicaFailure()
                                .map(failure -> new Trouble(Trouble.REPLICAS_NOT_CREATED, failure.getMessage())),
                        condition("Progressing", "False")
                                .map(stall -> new Trouble(Trouble.ROLLOUT_STALLED, stall.getMessage())))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<DeploymentCondition> replicaFailure() {
        return condition("ReplicaFailure", "True");
    }

    private Optional<DeploymentCondition> condition(String type, String value) {
        return status.getConditions().stream()
                .filter(condition -> condition.getType().equals(type)
                        && condition.getStatus().equals(value))
                .findFirst();
    }
}
