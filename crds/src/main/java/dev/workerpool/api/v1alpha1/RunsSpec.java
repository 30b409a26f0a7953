package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/** What a replica keeps of runs that nobody waits for, and of those with an idempotency key. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunsSpec(
        @JsonPropertyDescription(
                "How long a run that is over can be asked for. A duration with one unit (ms, s, m or h). Default: 10m."
                        + " 1s-24h. Rolling: a change replaces the pods.")
        @Size(max = 16)
        @Default(RunsSpec.DEFAULT_RETENTION)
        @ValidationRule(
                value = Rules.DURATION + " && duration(self) >= duration('1s') && duration(self) <= duration('24h')",
                message = "retention must be " + Rules.DURATION_FORM + " from 1s to 24h, such as 30s or 10m")
        String retention,

        @JsonPropertyDescription(
                "Memory of each replica for such runs, their inputs and results, as a quantity; when it is full, the run"
                        + " that ended first goes first. A replica never gives them more than a third of its heap."
                        + " Default: an eighth of the heap. 1Mi-64Gi. Rolling: a change replaces the pods.")
        @ValidationRule(
                value = Rules.QUANTITY
                        + " && quantity(string(self)).compareTo(quantity('1Mi')) >= 0"
                        + " && quantity(string(self)).compareTo(quantity('64Gi')) <= 0",
                message = "retentionSize must be a quantity of bytes from 1Mi to 64Gi, such as 128Mi")
        Quantity retentionSize) {

    static final String DEFAULT_RETENTION = "10m";

    static final RunsSpec DEFAULTS = new RunsSpec(null, null);

    public RunsSpec {
        retention = requireNonNullElse(retention, DEFAULT_RETENTION);
        retentionSize = Rules.computable("retentionSize", retentionSize);
    }
}
