/**
 * Runs: admitted or refused, queued, run on a fixed number of platform threads, timed, stopped, counted. Knows tasks, and
 * nothing of HTTP: whoever submits a run gets its one outcome by a call back.
 */
package dev.workerpool.worker.pool;
