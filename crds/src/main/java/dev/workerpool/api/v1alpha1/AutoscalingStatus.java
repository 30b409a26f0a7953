package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** What autoscaling last came to. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AutoscalingStatus(
        @JsonPropertyDescription("Replicas that the load asks for, within minReplicas and maxReplicas.")
        Integer advisedReplicas,

        @JsonPropertyDescription(
                "Why so many, in one word: Start, Stable, Burst, Minimum, Maximum, ScaleOutLimit or ScaleInLimit.")
        @Size(max = 64)
        String reason,

        @JsonPropertyDescription("Why so many, at the time the number was come to.") @Size(max = 1024)
        String message,

        @JsonPropertyDescription("When the number was come to, RFC 3339.") @Size(max = 64)
        String at) {}
