package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;

/** Tells in one word all of which the children of a pool are made, and the states in which they are. */
public final class ChildrenDigest {

    private ChildrenDigest() {}

    /** @param states numbers that change with the children, of one kind after the other */
    public static String of(WorkerPool pool, Release release, List<Long> states) {
        ObjectMeta metadata = pool.getMetadata();
        return Digest.of(Serialization.asJson(List.of(
                List.of(pool.getApiVersion(), metadata.getNamespace(), metadata.getName(), metadata.getUid()),
                pool.getSpec(),
                release.parts(),
                states)));
    }
}
