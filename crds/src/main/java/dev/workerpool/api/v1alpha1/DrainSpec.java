package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How a replica goes. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DrainSpec(
        @JsonPropertyDescription(
                "Longest time a leaving replica may take to finish the tasks it accepted; what still runs then is"
                        + " interrupted. A duration with one unit (ms, s, m or h). Default: 60s. 1s-1h. Rolling: a"
                        + " change replaces the pods, for the time a node grants a pod is fixed at its start.")
        @Size(max = 16)
        @Default(DrainSpec.DEFAULT_TIMEOUT)
        @ValidationRule(
                value = Rules.DURATION + " && duration(self) >= duration('1s') && duration(self) <= duration('1h')",
                message = "timeout must be " + Rules.DURATION_FORM + " from 1s to 1h, such as 60s")
        String timeout) {

    static final String DEFAULT_TIMEOUT = "60s";

    static final DrainSpec DEFAULTS = new DrainSpec(null);

    public DrainSpec {
        timeout = requireNonNullElse(timeout, DEFAULT_TIMEOUT);
    }
}
