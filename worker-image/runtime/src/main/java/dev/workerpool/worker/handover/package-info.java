/**
 * Runs move to other replicas: what waits, to those that have a thread idle for it; and all that a replica keeps that goes, to
 * others that do what waits and answer for what is over.
 */
package dev.workerpool.worker.handover;
