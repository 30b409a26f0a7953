package dev.workerpool.operator.dependent;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Watches the children of one kind, and shows what we wrote ourselves until the watch has come as far: else the pass that one
 * child's event brings would write those once more that are not in the cache yet. Drops no event for that, as the framework's
 * own cache of this purpose does.
 */
final class ChildWatch<R extends HasMetadata> extends InformerEventSource<R, WorkerPool> {

    /**
     * What somebody deletes while the watch is broken was never there for the informer, and nobody will tell of it: then the
     * next pass after this is to make it again.
     */
    static final Duration BELIEVED = Duration.ofSeconds(30);

    private record Written<R>(R object, long at) {}

    private final Map<ResourceID, Written<R>> written = new ConcurrentHashMap<>();
    private final Optional<CompactStore<R>> store;
    private final LongSupplier nanoTime;

    /**
     * The newest version that came. One watch tells of versions in their order; where there is one for each namespace, the
     * others may be behind, and a child is written twice as it would be without all this.
     */
    private long seen;

    /** @param store where the children are kept, if not as they came */
    ChildWatch(
            InformerEventSourceConfiguration<R> configuration,
            Optional<CompactStore<R>> store,
            EventSourceContext<WorkerPool> context,
            LongSupplier nanoTime) {
        super(configuration, context);
        this.store = store;
        this.nanoTime = nanoTime;
    }

    @Override
    public void onAdd(R child) {
        saw(child);
        super.onAdd(child);
    }

    @Override
    public void onUpdate(R before, R child) {
        saw(child);
        super.onUpdate(before, child);
    }

    @Override
    public synchronized void onDelete(R child, boolean lastStateIsUnknown) {
        saw(child);
        written.remove(ResourceID.fromResource(child));
        super.onDelete(child, lastStateIsUnknown);
    }

    private synchronized void saw(R child) {
        seen = Math.max(seen, version(child));
        written.computeIfPresent(ResourceID.fromResource(child), (_, own) -> version(own.object) > seen ? own : null);
    }

    @Override
    public void handleRecentResourceCreate(ResourceID id, R answer) {
        super.handleRecentResourceCreate(id, answer);
        wrote(answer);
    }

    @Override
    public void handleRecentResourceUpdate(ResourceID id, R answer, R before) {
        super.handleRecentResourceUpdate(id, answer, before);
        wrote(answer);
    }

    private synchronized void wrote(R answer) {
        if (version(answer) > seen) {
            written.put(ResourceID.fromResource(answer), new Written<>(answer, nanoTime.getAsLong()));
        }
    }

    @Override
    public Optional<R> get(ResourceID id) {
        return own(id).or(() -> super.get(id));
    }

    /** Of the child that {@link #get} shows, as {@link ObjectState} has it. */
    long state(ResourceID id) {
        Optional<R> own = own(id);
        return own.isEmpty() && store.isPresent()
                ? store.get().state(Cache.namespaceKeyFunc(id.getNamespace().orElseThrow(), id.getName()))
                : own.or(() -> super.get(id)).map(ObjectState::of).orElse(ObjectState.NONE);
    }

    private synchronized Optional<R> own(ResourceID id) {
        Written<R> own = written.get(id);
        if (own == null) {
            return Optional.empty();
        }
        if (version(own.object) > seen && nanoTime.getAsLong() - own.at < BELIEVED.toNanos()) {
            return Optional.of(own.object);
        }
        written.remove(id);
        return Optional.empty();
    }

    private static long version(HasMetadata child) {
        return Long.parseUnsignedLong(child.getMetadata().getResourceVersion());
    }
}
