/** The two sides as processes, and what the kernel says they use. */
package dev.workerpool.bench.process;
