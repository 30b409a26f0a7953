package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import java.util.Map;

/** What a pool was last seen to be. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record WorkerPoolStatus(
        @JsonPropertyDescription("Generation of the pool this status was computed for.")
        Long observedGeneration,

        @JsonPropertyDescription("Replicas asked for: spec.replicas, or with autoscaling what the load asks for.")
        Integer desiredReplicas,

        @JsonPropertyDescription("Replicas that exist, Ready or not.") @StatusReplicas
        Integer replicas,

        @JsonPropertyDescription("Replicas that take tasks now.")
        Integer readyReplicas,

        @JsonPropertyDescription("Threads of all Ready replicas: the tasks the pool can run at a time.")
        Integer threads,

        @JsonPropertyDescription(
                "How many running replicas have taken over the settings of the pool: threads, queue, tasks.timeout,"
                        + " tasks.maxAllocation and config.")
        SettingsStatus settings,

        @JsonPropertyDescription(
                "Worker restarts since the pool was created, those in place and of replicas that are gone included.")
        Integer restarts,

        @JsonPropertyDescription(
                "Restarts of each present replica that had any: by its node under the pod's name, and by the primary in its"
                        + " n-th container, from 0, under the pod's name/n. Keeps the running total right when the operator"
                        + " was away. Of more than 1300 such replicas, pods that failed are left out first, and older ones.")
        @Size(max = 4000)
        Map<String, Integer> restartsByReplica,

        @JsonPropertyDescription("How the worker that died last died. Absent while none did.")
        LastDeath lastDeath,

        @JsonPropertyDescription("What autoscaling last came to. Absent without autoscaling.")
        AutoscalingStatus autoscaling,

        @JsonPropertyDescription(
                "Task types that kept killing their worker and are refused for a while. Absent when there are none.")
        @Size(max = 64)
        List<RefusedTask> refusedTasks,

        @JsonPropertyDescription(
                "Refusals that ended within the last day: the next refusal of such a task type is twice as long. Keeps that"
                        + " right when the operator was away.")
        @Size(max = 64)
        List<RefusedTask> pastRefusals,

        @JsonPropertyDescription("Label selector of the pool's pods, for the scale subresource.")
        @Size(max = 1024)
        @LabelSelector
        String selector,

        @JsonPropertyDescription(
                "Tells of what the child objects were made, the operator's build included, and which states of them were last"
                        + " found to be as they should. Spares an operator that starts the look into each of them.")
        @Size(max = 64)
        String childrenDigest,

        @JsonPropertyDescription("Available, Progressing and Degraded, all three always present.") @Size(max = 16)
        List<Condition> conditions) {

    public WorkerPoolStatus {
        restartsByReplica = Map.copyOf(requireNonNullElse(restartsByReplica, Map.of()));
        refusedTasks = List.copyOf(requireNonNullElse(refusedTasks, List.of()));
        pastRefusals = List.copyOf(requireNonNullElse(pastRefusals, List.of()));
        conditions = List.copyOf(requireNonNullElse(conditions, List.of()));
    }

    public WorkerPoolStatus withChildrenDigest(String digest) {
        return new WorkerPoolStatus(
                observedGeneration,
                desiredReplicas,
                replicas,
                readyReplicas,
                threads,
                settings,
                restarts,
                restartsByReplica,
                lastDeath,
                autoscaling,
                refusedTasks,
                pastRefusals,
                selector,
                digest,
                conditions);
    }
}
