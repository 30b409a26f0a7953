/**
 * The other replicas of the pool: how loaded they are, and passing them what they can do sooner. What is known of them may
 * be stale or missing: that costs speed, never correctness, because whoever is passed a request refuses it when it does not
 * fit, and whoever passes it runs it itself then. Knows the pool and speaks HTTP to peers; knows nothing of the ports.
 */
package dev.workerpool.worker.peers;
