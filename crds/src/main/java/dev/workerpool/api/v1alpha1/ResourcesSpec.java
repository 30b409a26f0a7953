package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;

/** What each replica asks of its node, and what it may use at most. */
@ValidationRule(
        value = "!has(self.limits) || !has(self.limits.cpu) || !has(self.requests) || !has(self.requests.cpu)"
                + " || string(self.limits.cpu).matches('" + Rules.HUGE_EXPONENT + "')"
                + " || string(self.requests.cpu).matches('" + Rules.HUGE_EXPONENT + "')"
                + " || !isQuantity(string(self.limits.cpu)) || !isQuantity(string(self.requests.cpu))"
                + " || quantity(string(self.requests.cpu)).compareTo(quantity(string(self.limits.cpu))) <= 0",
        message = "requests.cpu must be at most limits.cpu",
        fieldPath = ".requests.cpu")
@ValidationRule(
        value = "!has(self.limits) || !has(self.limits.memory) || !has(self.requests) || !has(self.requests.memory)"
                + " || string(self.limits.memory).matches('" + Rules.HUGE_EXPONENT + "')"
                + " || string(self.requests.memory).matches('" + Rules.HUGE_EXPONENT + "')"
                + " || !isQuantity(string(self.limits.memory)) || !isQuantity(string(self.requests.memory))"
                + " || quantity(string(self.requests.memory)).compareTo(quantity(string(self.limits.memory))) <= 0",
        message = "requests.memory must be at most limits.memory",
        fieldPath = ".requests.memory")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResourcesSpec(
        @JsonPropertyDescription(
                "What a replica may use at most: CPU beyond it is throttled, a worker beyond its memory is killed. The"
                        + " CPU limit, rounded up, is the default of threads. Default: no limit. CPU is live where the"
                        + " cluster can resize pods; memory is rolling: a change replaces the pods.")
        ResourceAmounts limits,

        @JsonPropertyDescription(
                "What the scheduler sets aside for a replica on its node; at most the limits. Default: the limits."
                        + " CPU is live where the cluster can resize pods; memory is rolling: a change replaces the"
                        + " pods.")
        ResourceAmounts requests) {

    static final ResourcesSpec DEFAULTS = new ResourcesSpec(null, null);

    public ResourcesSpec {
        limits = requireNonNullElse(limits, ResourceAmounts.NONE);
        requests = requireNonNullElse(requests, ResourceAmounts.NONE);
    }
}
