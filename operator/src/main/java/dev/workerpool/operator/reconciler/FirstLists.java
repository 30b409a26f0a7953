package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.dependent.Children;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.EventSourceRetriever;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Whether what a pool has in the cluster has been listed. Before that there seems to be none of it: a status made of that
 * would forget what was counted, and a Deployment that is not seen would be told a number of replicas as if it were new.
 * Pods are waited for without end, children for {@link #PATIENCE}: one kind that may not be listed must not hold up the rest.
 * A pool that was too early is woken when they have come: where lists take long there are thousands that wait.
 */
final class FirstLists extends AbstractEventSource<Void, WorkerPool> {

    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final LongSupplier nanoTime;
    private final long since;
    private final Set<String> come = ConcurrentHashMap.newKeySet();
    private final Map<String, Set<ResourceID>> waiting = new ConcurrentHashMap<>();
    private final AtomicBoolean looks = new AtomicBoolean();
    private final ScheduledExecutorService looker = looker();
    private volatile EventSourceRetriever<WorkerPool> watches;

    FirstLists(LongSupplier nanoTime) {
        super(Void.class, "first-lists");
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    private static ScheduledExecutorService looker() {
        return new ScheduledThreadPoolExecutor(
                1,
                Thread.ofPlatform().daemon().name("first-lists").factory(),
                // A pass may still end when nobody looks any more.
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /** If they have not, there will be an event for the pool when they have. */
    boolean haveCome(ResourceID pool, EventSourceRetriever<WorkerPool> watches) {
        String namespace = pool.getNamespace().orElseThrow();
        if (haveCome(namespace, watches)) {
            return true;
        }
        this.watches = watches;
        waiting.compute(namespace, (_, pools) -> with(pool, pools));
        lookSoon();
        return false;
    }

    private static Set<ResourceID> with(ResourceID pool, Set<ResourceID> pools) {
        Set<ResourceID> all = pools == null ? new HashSet<>() : pools;
        all.add(pool);
        return all;
    }

    private void lookSoon() {
        if (looks.compareAndSet(false, true)) {
            looker.schedule(this::look, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    void look() {
        looks.set(false);
        for (String namespace : waiting.keySet()) {
            if (haveCome(namespace, watches)) {
                waiting.remove(namespace).forEach(pool -> getEventHandler().handleEvent(new Event(pool)));
            }
        }
        if (!waiting.isEmpty()) {
            lookSoon();
        }
    }

    /** Each pass asks, and once is enough. */
    private boolean haveCome(String namespace, EventSourceRetriever<WorkerPool> watches) {
        if (come.contains(namespace)) {
            return true;
        }
        boolean overdue = nanoTime.getAsLong() - since >= PATIENCE.toNanos();
        boolean all = hasCome(Pod.class, namespace, watches)
                && (overdue || Children.KINDS.stream().allMatch(kind -> hasCome(kind, namespace, watches)));
        if (all) {
            come.add(namespace);
        }
        return all;
    }

    @Override
    public Set<Void> getSecondaryResources(WorkerPool pool) {
        return Set.of();
    }

    @Override
    public void stop() {
        super.stop();
        looker.shutdownNow();
    }

    private static boolean hasCome(
            Class<? extends HasMetadata> kind, String namespace, EventSourceRetriever<WorkerPool> watches) {
        return watches.getEventSourcesFor(kind).stream()
                .map(source -> (InformerWrappingEventSourceHealthIndicator<?>) source)
                .flatMap(source -> source.informerHealthIndicators().entrySet().stream())
                .filter(watch ->
                        watch.getKey().equals(namespace) || watch.getKey().equals(Constants.WATCH_ALL_NAMESPACES))
                .anyMatch(watch -> watch.getValue().hasSynced());
    }
}
