/**
 * What a pool's status says: a pure function of what was observed, the status before, and the time.
 *
 * <p>Nothing here calls the API or reads a clock.
 */
package dev.workerpool.operator.status;
