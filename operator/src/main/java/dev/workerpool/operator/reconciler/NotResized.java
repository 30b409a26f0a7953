package dev.workerpool.operator.reconciler;

import dev.workerpool.operator.dependent.Children;
import dev.workerpool.operator.status.Trouble;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** A replica that was not given another CPU, and the API server's answer. */
record NotResized(String replica, KubernetesClientException answer) {

    boolean isFinal() {
        return Children.isFinal(answer);
    }

    Trouble trouble() {
        return new Trouble(
                Trouble.CPU_NOT_CHANGED,
                "replica " + replica + " serves on with the CPU it has: " + Unapplied.message(answer));
    }
}
