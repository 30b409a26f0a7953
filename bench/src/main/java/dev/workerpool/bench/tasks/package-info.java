/** The tasks that are measured. They travel in a task jar of their own, woven as any user's, and see nothing else of here. */
package dev.workerpool.bench.tasks;
