package dev.workerpool.operator.reconciler;

import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.operator.desired.WorkerPoolNames;
import dev.workerpool.operator.status.Haste;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Writes the status, and knows what it wrote until the watch brings it back.
 *
 * <p>The status holds a running total, so a pass must start from the last one written, not from an older one that the
 * informer still shows. The framework's own cache for that would do, but it takes an event for the echo of a status
 * write when it may carry a change of the spec, and drops it; so the writes go past it.
 *
 * <p>A status that only says how far things are waits a moment: with what comes meanwhile it is one write instead of several.
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

    /** How long a status that can wait does, at most. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** The same for a pool's first: as long as pods need that are up at once, so that most pools are told of once, when they are. */
    static final Duration PATIENCE_AT_FIRST = Duration.ofSeconds(2);

    private record Written(long version, WorkerPoolStatus status) {}

    private final KubernetesClient client;
    private final LongSupplier nanoTime;
    private final Map<String, Written> written = new ConcurrentHashMap<>();
    private final Map<String, Long> waitingSince = new ConcurrentHashMap<>();

    StatusWriter(KubernetesClient client, LongSupplier nanoTime) {
        this.client = client;
        this.nanoTime = nanoTime;
    }

    /** The status that is on the API server now, as far as anybody here can know. */
    WorkerPoolStatus current(WorkerPool pool) {
        String uid = pool.getMetadata().getUid();
        Written last = written.get(uid);
        if (last == null || last.version > version(pool)) {
            return last == null ? pool.getStatus() : last.status;
        }
        // The watch has brought it.
        written.remove(uid);
        return pool.getStatus();
    }

    /**
     * Writes nothing when nothing changed, or when the change can wait.
     *
     * @param isLookedAtAgain whether the next pass can be had in time; the one after a failure may be a minute away
     * @return how long it still waits; empty when nothing does
     */
    Optional<Duration> write(WorkerPool pool, WorkerPoolStatus status, boolean isLookedAtAgain) {
        WorkerPoolStatus before = current(pool);
        String uid = pool.getMetadata().getUid();
        if (tellsNothingNew(status, before)) {
            waitingSince.remove(uid);
            return Optional.empty();
        }
        Optional<Duration> left = isLookedAtAgain ? left(uid, before, status) : Optional.empty();
        if (left.isEmpty()) {
            write(pool, status, uid);
            waitingSince.remove(uid);
        }
        return left;
    }

    /** Which children were looked into is told along, and no reason to write. */
    private static boolean tellsNothingNew(WorkerPoolStatus status, WorkerPoolStatus before) {
        return before != null && status.equals(before.withChildrenDigest(status.childrenDigest()));
    }

    Optional<Duration> left(String uid, WorkerPoolStatus before, WorkerPoolStatus status) {
        if (!Haste.canWait(before, status)) {
            return Optional.empty();
        }
        long now = nanoTime.getAsLong();
        Duration patience = before == null ? PATIENCE_AT_FIRST : PATIENCE;
        Duration left = patience.minusNanos(now - waitingSince.computeIfAbsent(uid, _ -> now));
        return Optional.of(left).filter(Duration::isPositive);
    }

    private void write(WorkerPool pool, WorkerPoolStatus status, String uid) {
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
        try {
            WorkerPool answer = client.resource(patch).subresource("status").patch(how, patch);
            written.put(uid, new Written(version(answer), status));
        } catch (KubernetesClientException e) {
            // It has been deleted meanwhile, and the watch is about to tell.
            if (e.getCode() != HTTP_NOT_FOUND) {
                throw e;
            }
        }
    }

    void forget(WorkerPool pool) {
        written.remove(pool.getMetadata().getUid());
        waitingSince.remove(pool.getMetadata().getUid());
    }

    private static long version(WorkerPool pool) {
        return Long.parseUnsignedLong(pool.getMetadata().getResourceVersion());
    }
}
