/**
 * The child objects of a pool as dependent resources: they bring the desired state of
 * {@link dev.workerpool.operator.desired} to the API server with server-side apply, and touch nothing that is not the
 * pool's own.
 */
package dev.workerpool.operator.dependent;
