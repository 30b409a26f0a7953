/**
 * Who may call tasks, and how: the certificate of the task port and the callers' tokens, read from files that the platform
 * mounts and exchanges while the worker runs.
 */
package dev.workerpool.worker.access;
