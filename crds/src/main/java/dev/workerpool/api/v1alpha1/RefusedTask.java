package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** A task type that kept killing its worker and is refused for a while. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RefusedTask(
        @JsonPropertyDescription("The task type.") @Size(max = 253)
        String type,

        @JsonPropertyDescription("Deaths of workers at which it was running, within the ten minutes before.")
        Integer deaths,

        @JsonPropertyDescription("Since when it is refused, RFC 3339.") @Size(max = 64)
        String since,

        @JsonPropertyDescription(
                "When it is let in again, RFC 3339; earlier when the image or the artifacts of the pool change.")
        @Size(max = 64)
        String until,

        @JsonPropertyDescription("Stands for the image and the artifacts with which it killed.") @Size(max = 64)
        String code) {}
