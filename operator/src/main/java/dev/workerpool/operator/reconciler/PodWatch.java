package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.dependent.CompactStore;
import dev.workerpool.operator.dependent.ListPages;
import dev.workerpool.operator.desired.WorkerPoolNames;
import dev.workerpool.operator.status.Replica;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Watches the pods of all pools, and no others, and keeps of them only what is read: who wrote which field of a pod is
 * half of its size, and most of its spec is the same in all.
 */
final class PodWatch {

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
        return context.getSecondaryResourcesAsStream(Pod.class)
                .filter(pod -> isMadeFor(pool, pod))
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .map(Replica::new)
                .toList();
    }

    /**
     * A label is soon copied into a pod of somebody else. Ours have a ReplicaSet of the pool's Deployment for their controller,
     * which is named after that and the hash of the template, as the pod's label has it.
     */
    static boolean isMadeFor(String pool, Pod pod) {
        String replicaSet = pool + "-" + pod.getMetadata().getLabels().get("pod-template-hash");
        return pod.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> Boolean.TRUE.equals(owner.getController())
                        && owner.getKind().equals("ReplicaSet")
                        && owner.getName().equals(replicaSet));
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
