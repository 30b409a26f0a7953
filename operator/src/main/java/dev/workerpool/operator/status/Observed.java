package dev.workerpool.operator.status;

import dev.workerpool.api.v1alpha1.AutoscalingStatus;
import dev.workerpool.api.v1alpha1.RefusedTask;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What was seen of a pool in one pass.
 *
 * @param deployment empty before it is made
 * @param replicas the pods of the pool, in any state
 * @param unapplied what is desired and the API server did not take in this pass, for good or for now
 * @param troubles what the operator itself met: names that are taken, refused writes, jars that did not load
 * @param replaced names of the replicas that are about to be made anew because their worker died
 * @param autoscaling what autoscaling came to; empty without it
 * @param refusedTasks task types that are refused now
 * @param pastRefusals those that were refused within the last day
 * @param told what the replicas were told of their settings
 * @param childrenDigest of the children that were last found to be as they should; empty before that
 */
public record Observed(
        Optional<Deployment> deployment,
        List<Replica> replicas,
        List<Trouble> unapplied,
        List<Trouble> troubles,
        Set<String> replaced,
        Optional<AutoscalingStatus> autoscaling,
        List<RefusedTask> refusedTasks,
        List<RefusedTask> pastRefusals,
        Told told,
        Optional<String> childrenDigest) {

    public Observed(Optional<Deployment> deployment, List<Replica> replicas, List<Trouble> troubles) {
        this(
                deployment,
                replicas,
                List.of(),
                troubles,
                Set.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                Told.NOTHING,
                Optional.empty());
    }
}
