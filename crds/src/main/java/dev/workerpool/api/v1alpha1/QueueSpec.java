package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How much work may wait in a replica, and for how long. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record QueueSpec(
        @JsonPropertyDescription(
                "Tasks that may wait in each replica for a free thread. A task beyond it is refused with 503. 0: a task"
                        + " is taken only when a thread is free. Default: 256. 0-100000. Live: the replicas take it over"
                        + " without a restart.")
        @Min(0)
        @Max(100_000)
        @Default("" + QueueSpec.DEFAULT_CAPACITY)
        Integer capacity,

        @JsonPropertyDescription(
                "Longest time a task may wait for a thread; then it is refused with 503. A duration with one unit (ms,"
                        + " s, m or h). 0s: a task that cannot start at once is refused. Default: 10s. 0s-1h. Live:"
                        + " the replicas take it over without a restart.")
        @Size(max = 16)
        @Default(QueueSpec.DEFAULT_MAX_WAIT)
        @ValidationRule(
                value = Rules.DURATION + " && duration(self) <= duration('1h')",
                message = "maxWait must be " + Rules.DURATION_FORM + " from 0s to 1h, such as 500ms or 10s")
        String maxWait) {

    static final int DEFAULT_CAPACITY = 256;
    static final String DEFAULT_MAX_WAIT = "10s";

    static final QueueSpec DEFAULTS = new QueueSpec(null, null);

    public QueueSpec {
        capacity = requireNonNullElse(capacity, DEFAULT_CAPACITY);
        maxWait = requireNonNullElse(maxWait, DEFAULT_MAX_WAIT);
    }
}
