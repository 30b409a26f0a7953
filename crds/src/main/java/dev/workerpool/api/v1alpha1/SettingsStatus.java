package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.Map;

/** Which replicas run with which settings. Only running workers are counted; one that starts is told at once. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SettingsStatus(
        @JsonPropertyDescription("Generation of the pool whose settings the replicas should run.")
        Long generation,

        @JsonPropertyDescription("Running replicas that run the settings of this generation.")
        Integer replicas,

        @JsonPropertyDescription("Running replicas that do not run them yet.")
        Integer pending,

        @JsonPropertyDescription(
                "Running replicas by the generation whose settings they run; 0 for those that have not told yet.")
        @Size(max = 2000)
        Map<String, Integer> replicasByGeneration) {

    public SettingsStatus {
        replicasByGeneration = Map.copyOf(requireNonNullElse(replicasByGeneration, Map.of()));
    }
}
