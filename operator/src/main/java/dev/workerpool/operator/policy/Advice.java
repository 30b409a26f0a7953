package dev.workerpool.operator.policy;

import dev.workerpool.api.v1alpha1.AutoscalingStatus;
import java.time.Instant;

/**
 * How many replicas a pool should have, and why. It stands until the number or the reason changes, so that the status
 * that shows it need not be written with every look at the load.
 */
public record Advice(int replicas, Reason reason, String message, Instant at) {

    /** What decided the number. */
    public enum Reason {
        /** Autoscaling has just begun to look, and starts from what there is. */
        Start,
        /** The load over the stable window. */
        Stable,
        /** The load over the panic window. */
        Burst,
        /** The load asks for fewer than {@code minReplicas}. */
        Minimum,
        /** The load asks for more than {@code maxReplicas}. */
        Maximum,
        /** The load asks for more, and {@code maxScaleOut} lets them come step by step. */
        ScaleOutLimit,
        /** The load asks for fewer, and {@code maxScaleIn} lets them go step by step. */
        ScaleInLimit
    }

    private static final int MAX_MESSAGE = 1024;

    public Advice {
        message = message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + "…";
    }

    public AutoscalingStatus toStatus() {
        return new AutoscalingStatus(replicas, reason.name(), message, at.toString());
    }
}
