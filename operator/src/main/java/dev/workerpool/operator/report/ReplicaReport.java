package dev.workerpool.operator.report;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * What a replica says of itself at {@code /status}: the part that the operator acts on. A report changes seldom; counters
 * are for the metrics.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReplicaReport(String version, List<Artifact> artifacts) {

    /** A jar and what became of it. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Artifact(String jar, String state, String reason) {

        public boolean isFailed() {
            return "Failed".equals(state);
        }
    }

    public ReplicaReport {
        artifacts = List.copyOf(requireNonNullElse(artifacts, List.of()));
    }

    public List<Artifact> failedArtifacts() {
        return artifacts.stream().filter(Artifact::isFailed).toList();
    }
}
