package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** On which nodes the replicas run. An allow-list in place of a pod template. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SchedulingSpec(
        @JsonPropertyDescription(
                "Labels a node must have to run a replica. Default: none. At most 32. Rolling: a change replaces the"
                        + " pods.")
        @Size(max = 32)
        @ValidationRule(
                value = "self.all(k, " + Rules.LABEL + ")",
                message = "nodeSelector must have label keys such as example.com/disk and values of at most 63 letters,"
                        + " digits, '-', '_' and '.'")
        Map<String, @Size(max = 63) String> nodeSelector,

        @JsonPropertyDescription(
                "Node taints the replicas tolerate. Default: none. At most 16. Rolling: a change replaces the pods.")
        @Size(max = 16)
        List<TolerationSpec> tolerations,

        @JsonPropertyDescription(
                "How evenly the replicas lie over groups of nodes. Default: as the scheduler does it. At most 8."
                        + " Rolling: a change replaces the pods.")
        @Size(max = 8)
        List<TopologySpreadSpec> topologySpread) {

    static final SchedulingSpec DEFAULTS = new SchedulingSpec(null, null, null);

    public SchedulingSpec {
        nodeSelector = Map.copyOf(requireNonNullElse(nodeSelector, Map.of()));
        tolerations = List.copyOf(requireNonNullElse(tolerations, List.of()));
        topologySpread = List.copyOf(requireNonNullElse(topologySpread, List.of()));
    }
}
