/** The threads that move bytes, for whatever speaks HTTP: the ports, and the calls to other replicas. */
package dev.workerpool.worker.io;
