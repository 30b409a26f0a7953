package dev.workerpool.operator.desired;

/**
 * What the children of every pool take from the operator that makes them.
 *
 * @param workerImage image of pools that name none
 * @param operatorNamespace from where the operator calls the management port of the replicas
 */
public record Release(String workerImage, String operatorNamespace) {}
