/** Distributed traces: what a run was, told to a collector. Its libraries are loaded only where one is configured. */
package dev.workerpool.worker.trace;
