package dev.workerpool.operator.report;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.workerpool.operator.status.PastDeath;
import java.util.List;

/**
 * What a replica says of itself at {@code /status}: the part that the operator acts on. A report changes seldom; counters
 * are for the metrics.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReplicaReport(String version, List<Artifact> artifacts, List<PastDeath> deaths) {

    /** A jar and what became of it. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Artifact(String jar, String state, String reason) {

        public boolean isFailed() {
            return "Failed".equals(state);
        }
    }

    public ReplicaReport {
        artifacts = List.copyOf(requireNonNullElse(artifacts, List.of()));
        deaths = requireNonNullElse(deaths, List.<PastDeath>of()).stream()
                .filter(death -> death != null && death.isValid())
                .toList();
    }

    /** How often a worker was forked anew in its container. */
    int restarts() {
        return PastDeath.restarts(deaths);
    }

    public List<Artifact> failedArtifacts() {
        return artifacts.stream().filter(Artifact::isFailed).toList();
    }
}
