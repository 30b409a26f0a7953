package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;

/** Which tasks the workers know, and the limits each run is held to. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TasksSpec(
        @JsonPropertyDescription(
                "Where jars with tasks come from, beside the built-in tasks. Each jar gets a class loader of its own."
                        + " Default: none. At most 16. Rolling: a change replaces the pods.")
        @Size(max = 16)
        List<ArtifactSource> artifacts,

        @JsonPropertyDescription(
                "Longest run time of a task, counted from its start and not from its queueing; then the caller gets"
                        + " 504. A duration with one unit (ms, s, m or h). Default: 30s. 1ms-24h. Live: the replicas"
                        + " take it over without a restart.")
        @Size(max = 16)
        @Default(TasksSpec.DEFAULT_TIMEOUT)
        @ValidationRule(
                value = Rules.DURATION + " && duration(self) >= duration('1ms') && duration(self) <= duration('24h')",
                message = "timeout must be " + Rules.DURATION_FORM + " from 1ms to 24h, such as 500ms or 30s")
        String timeout,

        @JsonPropertyDescription(
                "Most bytes of heap one run may allocate in all, as a quantity; a run beyond it is stopped and its"
                        + " caller gets 422. Default: no budget. 1Mi-1Ti. Live: the replicas take it over without a"
                        + " restart.")
        @ValidationRule(
                value = Rules.QUANTITY
                        + " && quantity(string(self)).compareTo(quantity('1Mi')) >= 0"
                        + " && quantity(string(self)).compareTo(quantity('1Ti')) <= 0",
                message = "maxAllocation must be a quantity of bytes from 1Mi to 1Ti, such as 512Mi")
        Quantity maxAllocation,

        @JsonPropertyDescription(
                "Largest request body, in bytes, as a quantity; a larger one is refused with 413. A replica takes"
                        + " none of more than a third of its heap, a fifth of its memory limit. Default: 64Mi."
                        + " 1Ki-1Gi. Rolling: a change replaces the pods.")
        @Default(TasksSpec.DEFAULT_MAX_BODY_SIZE)
        @ValidationRule(
                value = Rules.QUANTITY
                        + " && quantity(string(self)).compareTo(quantity('1Ki')) >= 0"
                        + " && quantity(string(self)).compareTo(quantity('1Gi')) <= 0",
                message = "maxBodySize must be a quantity of bytes from 1Ki to 1Gi, such as 64Mi")
        Quantity maxBodySize,

        @JsonPropertyDescription(
                "Memory outside of the heap that tasks of a replica may share, all together, as a quantity; it is taken"
                        + " when a task asks for it and counts to the replica's memory. Default: 64Mi. 0-1Gi. Rolling: a"
                        + " change replaces the pods.")
        @Default(TasksSpec.DEFAULT_SHARED_MEMORY)
        @ValidationRule(
                value = Rules.QUANTITY
                        + " && quantity(string(self)).compareTo(quantity('0')) >= 0"
                        + " && quantity(string(self)).compareTo(quantity('1Gi')) <= 0",
                message = "sharedMemory must be a quantity of bytes from 0 to 1Gi, such as 64Mi")
        Quantity sharedMemory,

        @JsonPropertyDescription(
                "Shared: all threads of a replica use one copy of a jar's classes. PerThread: each thread has its own"
                        + " class loader, so static fields are not shared. Default: Shared. Rolling: a change replaces"
                        + " the pods.")
        @SchemaFrom(type = TasksSpec.Isolation.class)
        @Default(TasksSpec.DEFAULT_ISOLATION)
        String isolation) {

    static final String DEFAULT_TIMEOUT = "30s";
    static final String DEFAULT_MAX_BODY_SIZE = "64Mi";
    static final String DEFAULT_SHARED_MEMORY = "64Mi";
    static final String DEFAULT_ISOLATION = "Shared";

    static final TasksSpec DEFAULTS = new TasksSpec(null, null, null, null, null, null);

    enum Isolation {
        Shared,
        PerThread
    }

    public TasksSpec {
        artifacts = List.copyOf(requireNonNullElse(artifacts, List.of()));
        timeout = requireNonNullElse(timeout, DEFAULT_TIMEOUT);
        maxAllocation = Rules.computable("maxAllocation", maxAllocation);
        maxBodySize =
                requireNonNullElse(Rules.computable("maxBodySize", maxBodySize), new Quantity(DEFAULT_MAX_BODY_SIZE));
        sharedMemory =
                requireNonNullElse(Rules.computable("sharedMemory", sharedMemory), new Quantity(DEFAULT_SHARED_MEMORY));
        isolation = requireNonNullElse(isolation, DEFAULT_ISOLATION);
    }
}
