/** The tasks every worker has: small, bounded, and loaded exactly as a user's jar is. */
package dev.workerpool.tasks;
