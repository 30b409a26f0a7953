package dev.workerpool.operator.report;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.workerpool.operator.status.PastDeath;
import java.util.List;
import java.util.Objects;

/**
 * What a replica says of itself at {@code /status}: the part that the operator acts on. A report changes seldom; counters
 * are for the metrics. It is kept, and what it says may be anything: there is never more of it than a replica has to say.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReplicaReport(String version, List<Artifact> artifacts, List<PastDeath> deaths, Access access) {

    private static final int MOST_ARTIFACTS = 256;

    /** So many a worker tells of. */
    private static final int MOST_DEATHS = 10;

    private static final int LONGEST_TEXT = 1024;

    /**
     * Its certificate and tokens.
     *
     * @param notInForce why what is mounted now is not what it goes by
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Access(List<String> notInForce) {

        private static final Access NONE = new Access(List.of());
        private static final int MOST = 4;

        public Access {
            notInForce = requireNonNullElse(notInForce, List.<String>of()).stream()
                    .filter(Objects::nonNull)
                    .map(ReplicaReport::bounded)
                    .limit(MOST)
                    .toList();
        }
    }

    /** A jar and what became of it. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Artifact(String jar, String state, String reason) {

        public Artifact {
            jar = bounded(jar);
            state = bounded(state);
            reason = bounded(reason);
        }

        public boolean isFailed() {
            return "Failed".equals(state);
        }
    }

    public ReplicaReport {
        version = bounded(version);
        access = requireNonNullElse(access, Access.NONE);
        artifacts = requireNonNullElse(artifacts, List.<Artifact>of()).stream()
                .filter(Objects::nonNull)
                .limit(MOST_ARTIFACTS)
                .toList();
        List<PastDeath> valid = requireNonNullElse(deaths, List.<PastDeath>of()).stream()
                .filter(death -> death != null && death.isValid())
                .toList();
        deaths = List.copyOf(valid.subList(Math.max(0, valid.size() - MOST_DEATHS), valid.size()));
    }

    private static String bounded(String text) {
        return text == null || text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
    }

    /** How often a worker was forked anew in its container. */
    int restarts() {
        return PastDeath.restarts(deaths);
    }

    public List<Artifact> failedArtifacts() {
        return artifacts.stream().filter(Artifact::isFailed).toList();
    }
}
