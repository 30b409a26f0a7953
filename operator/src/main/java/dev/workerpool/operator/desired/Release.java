package dev.workerpool.operator.desired;

import java.util.List;
import java.util.Optional;

/**
 * What the children of every pool take from the operator that makes them.
 *
 * @param build tells this operator from those that may make something else of the same
 * @param workerImage image of pools that name none
 * @param operatorNamespace from where the operator calls the management port of the replicas
 * @param controlKey the public keys with which workers verify what the operator tells them, separated by spaces; empty when it
 *     has none, and then every change rolls
 * @param resizesPods whether the cluster can give a running pod another CPU; otherwise a change of it rolls
 * @param workerLogFormat in which workers log; empty leaves it to them
 */
public record Release(
        String build,
        String workerImage,
        String operatorNamespace,
        Optional<String> controlKey,
        boolean resizesPods,
        Optional<String> workerLogFormat) {

    public Release(String build, String workerImage, String operatorNamespace) {
        this(build, workerImage, operatorNamespace, Optional.empty(), false, Optional.empty());
    }

    public Release withControlKey(Optional<String> publicKeys) {
        return new Release(build, workerImage, operatorNamespace, publicKeys, resizesPods, workerLogFormat);
    }

    public Release resizingPods(boolean resizes) {
        return new Release(build, workerImage, operatorNamespace, controlKey, resizes, workerLogFormat);
    }

    public Release loggingAs(Optional<String> format) {
        return new Release(build, workerImage, operatorNamespace, controlKey, resizesPods, format);
    }

    /** All of it, in a form that is always written the same. */
    List<Object> parts() {
        return List.of(
                build, workerImage, operatorNamespace, controlKey.orElse(""), resizesPods, workerLogFormat.orElse(""));
    }
}
