/** How replicas are told what to change while they run: signed messages to their management port. */
package dev.workerpool.operator.control;
