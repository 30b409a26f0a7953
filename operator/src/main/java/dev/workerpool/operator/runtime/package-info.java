/** The process: settings, leadership, start and stop, health. */
package dev.workerpool.operator.runtime;
