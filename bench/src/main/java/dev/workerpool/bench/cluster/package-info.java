/** The cluster in Docker as the pool benchmark sees it: replicas behind a Service, with the operator or without. */
package dev.workerpool.bench.cluster;
