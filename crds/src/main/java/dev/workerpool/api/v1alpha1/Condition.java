package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One aspect of the pool's state, in the form Kubernetes gives its conditions. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
        @JsonPropertyDescription(
                "Available: at least one replica takes tasks. Progressing: replicas are being added, removed or"
                        + " replaced, or what was asked for could not be applied yet. Degraded: something needs a"
                        + " person's attention.")
        @Required
        @Size(max = 316)
        String type,

        @JsonPropertyDescription("True, False or Unknown.") @Required @SchemaFrom(type = Condition.Status.class)
        String status,

        @JsonPropertyDescription("Generation of the pool the condition was computed for.")
        Long observedGeneration,

        @JsonPropertyDescription("When the status last flipped, RFC 3339.") @Required @Size(max = 64)
        String lastTransitionTime,

        @JsonPropertyDescription("Why, as one CamelCase word for programs.") @Required @Size(max = 1024)
        String reason,

        @JsonPropertyDescription("Why, for people.") @Required @Size(max = 32_768)
        String message) {

    enum Status {
        True,
        False,
        Unknown
    }
}
