import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Watches a namespace for pools and their children, and tells of each object once, when it is first as it should be. */
final class Watches implements AutoCloseable {
    static final ResourceDefinitionContext POOL = new ResourceDefinitionContext.Builder()
            .withGroup("workerpool.dev")
            .withVersion("v1alpha1")
            .withKind("WorkerPool")
            .withPlural("workerpools")
            .withNamespaced(true)
            .build();
    static final String POOL_LABEL = "workerpool.dev/pool";
    static final List<Class<? extends HasMetadata>> CHILDREN =
            List.of(Deployment.class, Service.class, PodDisruptionBudget.class, NetworkPolicy.class);

    private final KubernetesClient client;
    private final String namespace;
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

    Watches(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** @param seen told the name of the pool for each of its children, whoever wrote it: the namespace has nothing else */
    void children(Consumer<String> seen) {
        for (var child : CHILDREN) {
            watch(client.resources(child).inNamespace(namespace).inform(), _ -> true, seen);
        }
    }

    void pools(Predicate<GenericKubernetesResource> asItShouldBe, Consumer<String> seen) {
        watch(client.genericKubernetesResources(POOL).inNamespace(namespace).inform(), asItShouldBe, seen);
    }

    static boolean isOfNewestSpec(GenericKubernetesResource pool) {
        return pool.get("status", "observedGeneration") instanceof Number generation
                && generation.longValue() >= pool.getMetadata().getGeneration();
    }

    static boolean hasCountedARestart(GenericKubernetesResource pool) {
        return pool.get("status", "restarts") instanceof Number restarts && restarts.intValue() > 0;
    }

    private <T extends HasMetadata> void watch(
            SharedIndexInformer<T> informer, Predicate<? super T> asItShouldBe, Consumer<String> seen) {
        Set<String> known = ConcurrentHashMap.newKeySet();
        informer.addEventHandler(new Seen<>(object -> {
            String name = object.getMetadata().getName();
            if (asItShouldBe.test(object) && known.add(name)) {
                seen.accept(name);
            }
        }));
        informers.add(informer);
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
    }

    private record Seen<T>(Consumer<T> see) implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {
            see.accept(object);
        }

        @Override
        public void onUpdate(T before, T object) {
            see.accept(object);
        }

        @Override
        public void onDelete(T object, boolean unknown) {}
    }
}
