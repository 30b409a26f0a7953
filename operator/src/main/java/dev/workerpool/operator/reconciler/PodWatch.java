package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.dependent.Children;
import dev.workerpool.operator.dependent.CompactStore;
import dev.workerpool.operator.dependent.ListPages;
import dev.workerpool.operator.desired.WorkerPoolNames;
import dev.workerpool.operator.status.Replica;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Watches the pods of all pools, and no others, and keeps of them only what is read: who wrote which field of a pod is
 * half of its size, and most of its spec is the same in all.
 */
final class PodWatch {

    /** Of several API servers: to lose a replica for that would be worse than to see another one too many. */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(2);

    /** A source for each namespace: the stores that strip pods cannot be shared, each takes itself for the whole. */
    List<InformerEventSource<Pod, WorkerPool>> eventSources(EventSourceContext<WorkerPool> context) {
        Set<String> namespaces = context.getControllerConfiguration()
                .getInformerConfig()
                .getEffectiveNamespaces(context.getControllerConfiguration());
        return InformerConfiguration.allNamespacesWatched(namespaces)
                ? List.of(source(Constants.WATCH_ALL_NAMESPACES, context))
                : namespaces.stream()
                        .map(namespace -> source(namespace, context))
                        .toList();
    }

    List<Replica> replicas(Context<WorkerPool> context) {
        String pool = context.getPrimaryResource().getMetadata().getName();
        Instant since = since(context.getPrimaryResource(), Children.present(Deployment.class, context));
        return context.getSecondaryResourcesAsStream(Pod.class)
                .filter(pod -> isMadeFor(pool, pod) && isMadeSince(since, pod))
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .map(Replica::new)
                .toList();
    }

    /**
     * A label is soon copied into a pod of somebody else. Ours have a ReplicaSet of the pool's Deployment for their controller,
     * which is named after that and the hash of the template, as the pod's label has it.
     */
    static boolean isMadeFor(String pool, Pod pod) {
        String replicaSet = pool + "-" + pod.getMetadata().getLabels().get(WorkerPoolNames.TEMPLATE_LABEL);
        return pod.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> Boolean.TRUE.equals(owner.getController())
                        && owner.getKind().equals("ReplicaSet")
                        && owner.getName().equals(replicaSet));
    }

    /**
     * What is older is of another pool, which had the name before: it leaves, or was left behind with its Deployment.
     *
     * @param deployment of this pool; older than it where somebody gave it one
     */
    static Instant since(WorkerPool pool, Optional<Deployment> deployment) {
        return Stream.concat(Stream.of(pool), deployment.stream())
                .map(PodWatch::madeAt)
                .min(Comparator.naturalOrder())
                .orElseThrow()
                .minus(CLOCKS_DIFFER);
    }

    static boolean isMadeSince(Instant since, Pod pod) {
        return !madeAt(pod).isBefore(since);
    }

    private static Instant madeAt(HasMetadata object) {
        return Instant.parse(object.getMetadata().getCreationTimestamp());
    }

    private static InformerEventSource<Pod, WorkerPool> source(
            String namespace, EventSourceContext<WorkerPool> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Pod.class, WorkerPool.class)
                        .withName("pods-" + namespace)
                        .withNamespaces(Set.of(namespace))
                        .withLabelSelector(WorkerPoolNames.POOL_LABEL)
                        .withSecondaryToPrimaryMapper(pod -> Set.of(poolOf(pod)))
                        .withInformerListLimit(ListPages.SIZE)
                        .withItemStore(new CompactStore<>(
                                Pod.class,
                                context.getClient().getKubernetesSerialization(),
                                PodWatch::stripped,
                                PodWatch::empty))
                        .withComparableResourceVersion(false)
                        .build(),
                context);
    }

    private static ResourceID poolOf(Pod pod) {
        return new ResourceID(
                pod.getMetadata().getLabels().get(WorkerPoolNames.POOL_LABEL),
                pod.getMetadata().getNamespace());
    }

    private static Pod stripped(Pod pod) {
        pod.getMetadata().setAnnotations(null);
        pod.setSpec(new PodSpecBuilder()
                .withNodeName(pod.getSpec().getNodeName())
                .withInitContainers(pod.getSpec().getInitContainers().stream()
                        .map(PodWatch::stripped)
                        .toList())
                .withContainers(pod.getSpec().getContainers().stream()
                        .map(PodWatch::stripped)
                        .toList())
                .build());
        return pod;
    }

    private static void empty(Pod pod) {
        pod.setSpec(null);
        pod.setStatus(null);
    }

    private static Container stripped(Container container) {
        return new ContainerBuilder()
                .withName(container.getName())
                .withEnv(container.getEnv())
                .withResources(container.getResources())
                .build();
    }
}
