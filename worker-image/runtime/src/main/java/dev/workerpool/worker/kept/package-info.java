/** What outlives this process of its connections, and what the one before left of its own. */
package dev.workerpool.worker.kept;
