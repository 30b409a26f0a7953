package dev.workerpool.worker.http;

/** When a refused client had better come back. */
@FunctionalInterface
interface RetryAdvice {
    long seconds();
}
