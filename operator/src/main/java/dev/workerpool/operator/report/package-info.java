/** What the replicas say of themselves, asked on their management port. */
package dev.workerpool.operator.report;
