/** What happens in the life of pools and replicas, told as Kubernetes Events and as log lines. */
package dev.workerpool.operator.event;
