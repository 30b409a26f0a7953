package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How the number of replicas follows the load. Absent: it is {@code replicas}, and belongs to whoever writes that. */
@ValidationRule(
        value = "self.minReplicas <= self.maxReplicas",
        message = "minReplicas must not be more than maxReplicas",
        fieldPath = ".minReplicas")
@ValidationRule(
        value = AutoscalingSpec.PANIC_WINDOW_FITS,
        message = "panicWindow must not be longer than stableWindow",
        fieldPath = ".panicWindow")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AutoscalingSpec(
        @JsonPropertyDescription("Fewest replicas. Default: 1. 1-1000, at most maxReplicas. Live: the pods stay.")
        @Min(1)
        @Max(1000)
        @Default("" + AutoscalingSpec.DEFAULT_MIN_REPLICAS)
        Integer minReplicas,

        @JsonPropertyDescription("Most replicas. Default: none, it must be given. 1-1000. Live: the pods stay.")
        @Required
        @Min(1)
        @Max(1000)
        Integer maxReplicas,

        @JsonPropertyDescription(
                "Percentage of the pool's threads that the tasks in flight, active and queued, should come to. Over 100:"
                        + " tasks may wait. Default: 70. 1-1000. Live: the pods stay.")
        @Min(1)
        @Max(1000)
        @Default("" + AutoscalingSpec.DEFAULT_TARGET_UTILIZATION)
        Integer targetUtilization,

        @JsonPropertyDescription(
                "Time over which the load is averaged. A duration with one unit (ms, s, m or h). Default: 60s. 6s-1h."
                        + " Live: the pods stay.")
        @Size(max = 16)
        @Default(AutoscalingSpec.DEFAULT_STABLE_WINDOW)
        @ValidationRule(
                value = Rules.DURATION + " && duration(self) >= duration('6s') && duration(self) <= duration('1h')",
                message = "stableWindow must be " + Rules.DURATION_FORM + " from 6s to 1h, such as 60s")
        String stableWindow,

        @JsonPropertyDescription(
                "Time over which a burst is measured. A duration with one unit (ms, s, m or h). Default: 6s. 1s-1h, at"
                        + " most stableWindow. Live: the pods stay.")
        @Size(max = 16)
        @Default(AutoscalingSpec.DEFAULT_PANIC_WINDOW)
        @ValidationRule(
                value = Rules.DURATION + " && duration(self) >= duration('1s') && duration(self) <= duration('1h')",
                message = "panicWindow must be " + Rules.DURATION_FORM + " from 1s to 1h, such as 6s")
        String panicWindow,

        @JsonPropertyDescription(
                "When the load over panicWindow asks for this percentage of the Ready replicas, it is a burst: the pool"
                        + " follows panicWindow and takes no replica away until stableWindow has passed without one. Tasks"
                        + " refused as queue-full or wait-exceeded are part of the load, up to this percentage."
                        + " Default: 200. 110-1000. Live: the pods stay.")
        @Min(110)
        @Max(1000)
        @Default("" + AutoscalingSpec.DEFAULT_PANIC_THRESHOLD)
        Integer panicThreshold,

        @JsonPropertyDescription(
                "Time for which fewer replicas must have been enough before some are taken away. A duration with one"
                        + " unit (ms, s, m or h). Default: 60s. 0s-1h. Live: the pods stay.")
        @Size(max = 16)
        @Default(AutoscalingSpec.DEFAULT_SCALE_IN_DELAY)
        @ValidationRule(
                value = Rules.DURATION + " && duration(self) <= duration('1h')",
                message = "scaleInDelay must be " + Rules.DURATION_FORM + " from 0s to 1h, such as 60s")
        String scaleInDelay,

        @JsonPropertyDescription(
                "Most replicas added within 10 s. Default: 1000, which is no limit. 1-1000. Live: the pods stay.")
        @Min(1)
        @Max(1000)
        @Default("" + AutoscalingSpec.NO_LIMIT)
        Integer maxScaleOut,

        @JsonPropertyDescription(
                "Most replicas taken away within 60 s. Default: 1000, which is no limit. 1-1000. Live: the pods stay.")
        @Min(1)
        @Max(1000)
        @Default("" + AutoscalingSpec.NO_LIMIT)
        Integer maxScaleIn,

        @JsonPropertyDescription(
                "Active: the operator sets the number of replicas. Advice: it only says in the status what it would set,"
                        + " and replicas is in force: where it was left out, a change to Advice takes all replicas but one"
                        + " away at once, so set replicas in the same change. Default: Active. Live: the pods stay.")
        @SchemaFrom(type = AutoscalingSpec.Mode.class)
        @Default(AutoscalingSpec.ACTIVE)
        String mode) {

    static final int DEFAULT_MIN_REPLICAS = 1;
    static final int DEFAULT_TARGET_UTILIZATION = 70;
    static final String DEFAULT_STABLE_WINDOW = "60s";
    static final String DEFAULT_PANIC_WINDOW = "6s";
    static final int DEFAULT_PANIC_THRESHOLD = 200;
    static final String DEFAULT_SCALE_IN_DELAY = "60s";
    static final int NO_LIMIT = 1000;
    static final String ACTIVE = "Active";

    /** Looks at well-formed windows only: {@code duration()} fails on others, which have a rule of their own. */
    static final String PANIC_WINDOW_FITS = "![self.panicWindow, self.stableWindow].all(w, w.matches('"
            + Rules.DURATION_SYNTAX + "')) || duration(self.panicWindow) <= duration(self.stableWindow)";

    enum Mode {
        Active,
        Advice
    }

    public AutoscalingSpec {
        minReplicas = requireNonNullElse(minReplicas, DEFAULT_MIN_REPLICAS);
        maxReplicas = requireNonNullElse(maxReplicas, minReplicas);
        targetUtilization = requireNonNullElse(targetUtilization, DEFAULT_TARGET_UTILIZATION);
        stableWindow = requireNonNullElse(stableWindow, DEFAULT_STABLE_WINDOW);
        panicWindow = requireNonNullElse(panicWindow, DEFAULT_PANIC_WINDOW);
        panicThreshold = requireNonNullElse(panicThreshold, DEFAULT_PANIC_THRESHOLD);
        scaleInDelay = requireNonNullElse(scaleInDelay, DEFAULT_SCALE_IN_DELAY);
        maxScaleOut = requireNonNullElse(maxScaleOut, NO_LIMIT);
        maxScaleIn = requireNonNullElse(maxScaleIn, NO_LIMIT);
        mode = requireNonNullElse(mode, ACTIVE);
    }

    /** Whether the operator sets the number of replicas itself, rather than only advising. */
    public boolean decides() {
        return mode.equals(ACTIVE);
    }
}
