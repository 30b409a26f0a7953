/** Runs tasks in unit tests, without a server, with the mapping of inputs and outputs that the worker has. */
package dev.workerpool.task.test;
