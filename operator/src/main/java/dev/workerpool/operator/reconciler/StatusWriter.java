package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.operator.desired.WorkerPoolNames;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes the status, and knows what it wrote until the watch brings it back.
 *
 * <p>The status holds a running total, so a pass must start from the last one written, not from an older one that the
 * informer still shows. The framework's own cache for that would do, but it takes an event for the echo of a status
 * write when it may carry a change of the spec, and drops it; so the writes go past it.
 */
final class StatusWriter {

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(WorkerPoolNames.FIELD_MANAGER)
            .withForce(true)
            .build();

    /** Server-side apply wants the whole stored object to fit the schema; a spec that could not be decoded may not. */
    private static final PatchContext MERGE = new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager(WorkerPoolNames.FIELD_MANAGER)
            .build();

    private record Written(long version, WorkerPoolStatus status) {}

    private final KubernetesClient client;
    private final Map<String, Written> written = new ConcurrentHashMap<>();

    StatusWriter(KubernetesClient client) {
        this.client = client;
    }

    /** The status that is on the API server now, as far as anybody here can know. */
    WorkerPoolStatus current(WorkerPool pool) {
        Written last = written.get(pool.getMetadata().getUid());
        return last != null && last.version >= version(pool) ? last.status : pool.getStatus();
    }

    /** Writes nothing when nothing changed. */
    void write(WorkerPool pool, WorkerPoolStatus status) {
        if (status.equals(current(pool))) {
            return;
        }
        var patch = new WorkerPool();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(pool.getMetadata().getName())
                .withNamespace(pool.getMetadata().getNamespace())
                // A pool that was deleted and made again must not get the status of the old one.
                .withUid(pool.getMetadata().getUid())
                .build());
        patch.setSpec(null);
        patch.setStatus(status);
        PatchContext how = pool.getSpec() == null ? MERGE : APPLY;
        WorkerPool answer = client.resource(patch).subresource("status").patch(how, patch);
        written.put(pool.getMetadata().getUid(), new Written(version(answer), status));
    }

    void forget(WorkerPool pool) {
        written.remove(pool.getMetadata().getUid());
    }

    private static long version(WorkerPool pool) {
        return Long.parseUnsignedLong(pool.getMetadata().getResourceVersion());
    }
}
