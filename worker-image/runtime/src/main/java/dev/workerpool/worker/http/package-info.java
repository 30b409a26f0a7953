/**
 * HTTP/1.1 on event loops that do nothing but I/O. A connection reads one request at a time, hands its body over whole and
 * is free again when the answer is written; task code never runs here. Knows the pool and the tasks, not the process.
 */
package dev.workerpool.worker.http;
