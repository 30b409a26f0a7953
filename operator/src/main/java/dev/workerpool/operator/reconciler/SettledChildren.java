package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.operator.dependent.Children;
import dev.workerpool.operator.desired.ChildrenDigest;
import dev.workerpool.operator.desired.Release;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Applies the children of a pool, unless they are known to be as they should: nothing of which they are made has changed, and
 * nothing in them, since a pass last looked into all of them and found nothing to write. To make what is desired and compare is
 * most of a pass, and most passes come of a change of something else. The status has it too, as of its last writing: else an
 * operator that starts would look into the children of all pools.
 */
final class SettledChildren {

    private final Map<String, String> settled = new ConcurrentHashMap<>();

    /** @param pool with the status that is written */
    Children apply(WorkerPool pool, Context<WorkerPool> context, Release release) {
        Optional<String> known = digest(pool);
        if (known.isPresent() && known.get().equals(ChildrenDigest.of(pool, release, Children.states(context)))) {
            return Children.asTheyAre(context);
        }
        Children children = Children.apply(context, release);
        children.found()
                // Of the very states that were looked into: what came meanwhile was not.
                .map(found -> ChildrenDigest.of(pool, release, found))
                .ifPresent(digest -> settled.put(pool.getMetadata().getUid(), digest));
        return children;
    }

    /** Empty before all of a pool's children were found as they should. */
    Optional<String> digest(WorkerPool pool) {
        Optional<String> written = Optional.ofNullable(pool.getStatus()).map(WorkerPoolStatus::childrenDigest);
        String uid = pool.getMetadata().getUid();
        String known = settled.get(uid);
        if (known == null || written.filter(known::equals).isPresent()) {
            // Thousands are kept once only.
            settled.remove(uid);
            return written;
        }
        return Optional.of(known);
    }

    void forget(WorkerPool pool) {
        settled.remove(pool.getMetadata().getUid());
    }
}
