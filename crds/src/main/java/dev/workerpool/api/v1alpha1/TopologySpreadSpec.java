package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How evenly the pool's replicas lie over nodes, zones or other groups of nodes. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TopologySpreadSpec(
        @JsonPropertyDescription(
                "Node label whose values are the groups, such as kubernetes.io/hostname or topology.kubernetes.io/zone."
                        + " 1-316 characters. Rolling: a change replaces the pods.")
        @Required
        @Size(max = 316)
        @ValidationRule(
                value = Rules.IS_LABEL_KEY,
                message = "topologyKey must be a label key such as topology.kubernetes.io/zone")
        String topologyKey,

        @JsonPropertyDescription(
                "By how many replicas two groups may differ. Default: 1. 1-1000. Rolling: a change replaces the pods.")
        @Min(1)
        @Max(1000)
        @Default("" + TopologySpreadSpec.DEFAULT_MAX_SKEW)
        Integer maxSkew,

        @JsonPropertyDescription(
                "When it cannot be kept. DoNotSchedule: the replica waits. ScheduleAnyway: it runs as near to it as can"
                        + " be. Default: ScheduleAnyway. Rolling: a change replaces the pods.")
        @SchemaFrom(type = TopologySpreadSpec.WhenUnsatisfiable.class)
        @Default(TopologySpreadSpec.DEFAULT_WHEN_UNSATISFIABLE)
        String whenUnsatisfiable) {

    static final int DEFAULT_MAX_SKEW = 1;
    static final String DEFAULT_WHEN_UNSATISFIABLE = "ScheduleAnyway";

    enum WhenUnsatisfiable {
        DoNotSchedule,
        ScheduleAnyway
    }

    public TopologySpreadSpec {
        maxSkew = requireNonNullElse(maxSkew, DEFAULT_MAX_SKEW);
        whenUnsatisfiable = requireNonNullElse(whenUnsatisfiable, DEFAULT_WHEN_UNSATISFIABLE);
    }
}
