/**
 * Task code: finding it in jars, loading it apart from the worker and from other jars, and calling it with typed inputs.
 * Knows nothing of threads, queues and HTTP.
 */
package dev.workerpool.worker.task;
