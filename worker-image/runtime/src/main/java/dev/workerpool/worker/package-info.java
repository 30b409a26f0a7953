/** The process: its settings, its parts put together, its start and its end. */
package dev.workerpool.worker;
