/** What a task is written against. It has no dependencies, and a worker gives it to every task jar. */
package dev.workerpool.task;
