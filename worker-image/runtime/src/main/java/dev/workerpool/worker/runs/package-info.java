/**
 * Runs that can be found by their id: what they emit, what is sent to them, and their outcome for a while after they are
 * over. Plain calls never come here. Knows the pool, nothing of HTTP.
 */
package dev.workerpool.worker.runs;
