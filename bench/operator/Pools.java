import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Writes many pools, or what the operator makes of them, and prints the seconds until everything is there.
 *
 * <pre>
 * Pools pools  NAMESPACE COUNT            WorkerPools; until all their children exist and each status is of the newest spec
 * Pools bare   NAMESPACE COUNT THREADS    the children themselves, written by a loop of so many threads
 * Pools sample NAMESPACE                  one pool, from which `bare` takes its children
 * </pre>
 *
 * Both use the operator's own client library with the same settings, so what differs is the operator.
 */
final class Pools {
    private static final ResourceDefinitionContext POOL = new ResourceDefinitionContext.Builder()
            .withGroup("workerpool.dev")
            .withVersion("v1alpha1")
            .withKind("WorkerPool")
            .withPlural("workerpools")
            .withNamespaced(true)
            .build();
    private static final List<Class<? extends HasMetadata>> CHILDREN =
            List.of(Deployment.class, Service.class, PodDisruptionBudget.class, NetworkPolicy.class);
    private static final int CREATORS = 16;
    private static final long MINUTES_AT_MOST = 20;

    private final KubernetesClient client;
    private final String namespace;

    private Pools(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    public static void main(String[] arguments) throws Exception {
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            var pools = new Pools(client, arguments[1]);
            double seconds =
                    switch (arguments[0]) {
                        case "sample" -> pools.pools(1);
                        case "pools" -> pools.pools(Integer.parseInt(arguments[2]));
                        case "bare" -> pools.bare(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
                        default -> throw new IllegalArgumentException(arguments[0]);
                    };
            System.out.printf(Locale.ROOT, "%.3f%n", seconds);
        }
        System.exit(0);
    }

    private double pools(int count) throws Exception {
        var missing = new CountDownLatch(count * (CHILDREN.size() + 1));
        var informers = new ArrayList<SharedIndexInformer<?>>();
        for (var child : CHILDREN) {
            informers.add(watch(client.resources(child).inNamespace(namespace).inform(), missing));
        }
        informers.add(watchStatus(missing));
        long start = System.nanoTime();
        inParallel(count, CREATORS, i -> client.genericKubernetesResources(POOL)
                .inNamespace(namespace)
                .resource(pool(i))
                .create());
        if (!missing.await(MINUTES_AT_MOST, TimeUnit.MINUTES)) {
            throw new IllegalStateException(missing.getCount() + " objects were not there in time");
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        informers.forEach(SharedIndexInformer::close);
        return seconds;
    }

    /** No pods: what is measured is the operator, and nodes would be the limit long before it. */
    private GenericKubernetesResource pool(int number) {
        var pool = new GenericKubernetesResource();
        pool.setApiVersion("workerpool.dev/v1alpha1");
        pool.setKind("WorkerPool");
        pool.setMetadata(new ObjectMeta());
        pool.getMetadata().setName("pool-" + number);
        pool.setAdditionalProperty("spec", Map.of("replicas", 0, "threads", 2));
        return pool;
    }

    private double bare(int count, int threads) throws Exception {
        List<HasMetadata> samples = new ArrayList<>();
        for (var child : CHILDREN) {
            samples.add(stripped(client.resources(child)
                    .inNamespace("bench-sample")
                    .list()
                    .getItems()
                    .stream()
                    .filter(object -> object.getMetadata().getName().equals("pool-0"))
                    .findFirst()
                    .orElseThrow()));
        }
        var apply = new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("bench")
                .withForce(true)
                .build();
        long start = System.nanoTime();
        inParallel(count, threads, i -> {
            for (HasMetadata sample : samples) {
                HasMetadata child = client.getKubernetesSerialization().clone(sample);
                child.getMetadata().setName("pool-" + i);
                child.getMetadata().setNamespace(namespace);
                client.resource(child).patch(apply);
            }
        });
        return (System.nanoTime() - start) / 1e9;
    }

    private static HasMetadata stripped(HasMetadata child) {
        var metadata = new ObjectMeta();
        metadata.setName(child.getMetadata().getName());
        metadata.setLabels(child.getMetadata().getLabels());
        metadata.setAnnotations(child.getMetadata().getAnnotations());
        child.setMetadata(metadata);
        if (child instanceof Service service) {
            service.getSpec().setClusterIP(null);
            service.getSpec().setClusterIPs(null);
            service.setStatus(null);
        } else if (child instanceof Deployment deployment) {
            deployment.setStatus(null);
        } else if (child instanceof PodDisruptionBudget budget) {
            budget.setStatus(null);
        }
        return child;
    }

    private <T extends HasMetadata> SharedIndexInformer<T> watch(
            SharedIndexInformer<T> informer, CountDownLatch missing) {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        informer.addEventHandler(new Seen<>(object -> {
            if (object.getMetadata().getName().startsWith("pool-")
                    && seen.add(object.getMetadata().getName())) {
                missing.countDown();
            }
        }));
        return informer;
    }

    private SharedIndexInformer<GenericKubernetesResource> watchStatus(CountDownLatch missing) {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        var informer =
                client.genericKubernetesResources(POOL).inNamespace(namespace).inform();
        informer.addEventHandler(new Seen<>(pool -> {
            Object observed = pool.get("status", "observedGeneration");
            if (observed instanceof Number generation
                    && generation.longValue() >= pool.getMetadata().getGeneration()
                    && seen.add(pool.getMetadata().getName())) {
                missing.countDown();
            }
        }));
        return informer;
    }

    private record Seen<T>(java.util.function.Consumer<T> see) implements ResourceEventHandler<T> {
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

    private interface Work {
        void of(int number);
    }

    private static void inParallel(int count, int threads, Work work) throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                all.add(executor.submit(() -> work.of(number)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }
}
