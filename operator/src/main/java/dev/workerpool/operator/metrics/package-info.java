/** What a monitoring system sees of the pools. */
package dev.workerpool.operator.metrics;
