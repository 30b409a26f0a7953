package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Map;
import java.util.TreeMap;

/** What all children of a pool have in common: name, labels, owner. */
public final class ChildMetadata {

    private ChildMetadata() {}

    static ObjectMeta of(WorkerPool pool) {
        return new ObjectMetaBuilder()
                .withName(WorkerPoolNames.child(pool))
                .withNamespace(pool.getMetadata().getNamespace())
                .withLabels(labels(pool))
                .withOwnerReferences(owner(pool))
                .build();
    }

    static Map<String, String> labels(WorkerPool pool) {
        String name = pool.getMetadata().getName();
        return new TreeMap<>(Map.of(
                "app.kubernetes.io/name",
                WorkerPoolNames.WORKER_APP,
                "app.kubernetes.io/instance",
                name,
                "app.kubernetes.io/managed-by",
                WorkerPoolNames.FIELD_MANAGER,
                WorkerPoolNames.POOL_LABEL,
                name));
    }

    /** Labels that pick the pods of this pool: only the one that can never change. */
    public static Map<String, String> podSelector(WorkerPool pool) {
        return Map.of(WorkerPoolNames.POOL_LABEL, pool.getMetadata().getName());
    }

    static LabelSelector selector(WorkerPool pool) {
        return new LabelSelectorBuilder().withMatchLabels(podSelector(pool)).build();
    }

    /** A controller reference: the garbage collector removes the children, also while the operator is down. */
    private static OwnerReference owner(WorkerPool pool) {
        return new OwnerReferenceBuilder()
                .withApiVersion(pool.getApiVersion())
                .withKind(pool.getKind())
                .withName(pool.getMetadata().getName())
                .withUid(pool.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }
}
