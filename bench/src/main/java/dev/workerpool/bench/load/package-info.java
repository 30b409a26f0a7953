/** Load generators: closed loop for saturation, open loop for latency. */
package dev.workerpool.bench.load;
