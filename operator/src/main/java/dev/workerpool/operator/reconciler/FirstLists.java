package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import io.javaoperatorsdk.operator.processing.event.EventSourceRetriever;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Whether what a pool has in the cluster has been listed. Before that there seems to be none of it: a status made of that
 * would forget what was counted, and a Deployment that is not seen would be told a number of replicas as if it were new.
 * Pods are waited for without end, children for {@link #PATIENCE}: one kind that may not be listed must not hold up the rest.
 */
final class FirstLists {

    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private static final List<Class<? extends HasMetadata>> CHILDREN =
            List.of(Deployment.class, Service.class, PodDisruptionBudget.class, NetworkPolicy.class);

    private final LongSupplier nanoTime;
    private final long since;

    FirstLists(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    boolean haveCome(String namespace, EventSourceRetriever<WorkerPool> watches) {
        boolean overdue = waited().compareTo(PATIENCE) >= 0;
        return hasCome(Pod.class, namespace, watches)
                && (overdue || CHILDREN.stream().allMatch(kind -> hasCome(kind, namespace, watches)));
    }

    /** Until it is worth looking again: where lists take long there are thousands of pools that look. */
    Duration pause() {
        long pause = Math.clamp(waited().toMillis() / 4, SHORTEST_PAUSE.toMillis(), LONGEST_PAUSE.toMillis());
        return Duration.ofMillis(pause);
    }

    private Duration waited() {
        return Duration.ofNanos(nanoTime.getAsLong() - since);
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
