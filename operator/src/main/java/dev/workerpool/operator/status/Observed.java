package dev.workerpool.operator.status;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Optional;

/**
 * What was seen of a pool in one pass.
 *
 * @param deployment empty before it is made
 * @param replicas the pods of the pool, in any state
 * @param troubles what the operator itself met: names that are taken, refused writes, jars that did not load
 */
public record Observed(Optional<Deployment> deployment, List<Replica> replicas, List<Trouble> troubles) {}
