/** What a replica that goes keeps of runs moves to others, which do what waits and answer for what is over. */
package dev.workerpool.worker.handover;
