/**
 * What a pool should consist of: pure functions from a {@link dev.workerpool.api.v1alpha1.WorkerPool} to its child objects.
 *
 * <p>No client call, clock or state here: the same pool always gives the same objects, in the canonical form the API
 * server would give them, so that a comparison with what is there finds true differences only.
 */
package dev.workerpool.operator.desired;
