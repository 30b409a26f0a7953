package dev.workerpool.bench.cluster;

import dev.workerpool.bench.load.Client;
import dev.workerpool.bench.load.Endpoint;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Pods behind one Service, called at its node port: a WorkerPool, or the plain Deployment and Service that a user would write
 * instead. The latter are the pool's own, taken over but for names and ownership, so that nobody tells those replicas of each
 * other, of settings, or restarts them. Closed, they are gone.
 */
public final class Replicas implements Endpoint, AutoCloseable {
    public static final ResourceDefinitionContext POOL = new ResourceDefinitionContext.Builder()
            .withGroup("workerpool.dev")
            .withVersion("v1alpha1")
            .withKind("WorkerPool")
            .withPlural("workerpools")
            .withNamespaced(true)
            .build();

    /** By this the operator knows what is its own. */
    private static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    private static final String POOL_LABEL = "workerpool.dev/pool";
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final Cluster cluster;
    private final String name;
    private final List<HasMetadata> owned;
    private InetSocketAddress address;

    private Replicas(Cluster cluster, String name, List<HasMetadata> owned) {
        this.cluster = cluster;
        this.name = name;
        this.owned = owned;
    }

    /** @param spec fields of the spec, as YAML, beside the tasks and the node port */
    public static Replicas pool(Cluster cluster, String name, String spec) throws Exception {
        String manifest = manifest(name, spec);
        cluster.kubectlApply(manifest);
        HasMetadata pool = cluster.client()
                .genericKubernetesResources(POOL)
                .inNamespace(Cluster.NAMESPACE)
                .withName(name)
                .get();
        var replicas = new Replicas(cluster, name, List.of(pool));
        replicas.awaitService();
        return replicas;
    }

    /** A pool as a user writes it. */
    public static String manifest(String name, String spec) {
        return """
                apiVersion: workerpool.dev/v1alpha1
                kind: WorkerPool
                metadata: {name: %s}
                spec:
                  service: {type: NodePort}
                %s""".formatted(name, spec.indent(2));
    }

    /** The same pods without an operator. This is a pool, and its replicas are there. */
    public Replicas plain() throws Exception {
        var children = new ArrayList<HasMetadata>();
        Deployment deployment = cluster.client()
                .apps()
                .deployments()
                .inNamespace(Cluster.NAMESPACE)
                .withName(name)
                .get();
        deployment.setStatus(null);
        deployment.getSpec().setReplicas(ready().size());
        deployment.getSpec().getTemplate().getMetadata().getLabels().remove(MANAGED_BY);
        Service service = service();
        service.getSpec().setClusterIP(null);
        service.getSpec().setClusterIPs(null);
        service.getSpec().getPorts().forEach(port -> port.setNodePort(null));
        service.setStatus(null);
        for (HasMetadata child : List.of(deployment, service)) {
            child.setMetadata(metadata(child.getMetadata().getLabels()));
            String renamed = cluster.client()
                    .getKubernetesSerialization()
                    .asJson(child)
                    .replace("\"" + name + "\"", "\"" + plainName() + "\"");
            children.add(cluster.client().resource(renamed).serverSideApply());
        }
        var plain = new Replicas(cluster, plainName(), List.copyOf(children));
        plain.awaitService();
        return plain;
    }

    private String plainName() {
        return name + "-plain";
    }

    private ObjectMeta metadata(Map<String, String> labels) {
        var metadata = new ObjectMeta();
        metadata.setName(name);
        metadata.setNamespace(Cluster.NAMESPACE);
        var kept = new HashMap<>(labels);
        kept.remove(MANAGED_BY);
        metadata.setLabels(kept);
        return metadata;
    }

    private Service service() {
        return cluster.client()
                .services()
                .inNamespace(Cluster.NAMESPACE)
                .withName(name)
                .get();
    }

    private void awaitService() throws InterruptedException {
        Wait.until(() -> "a node port of " + name, PATIENCE, () -> service() != null);
        int port = service().getSpec().getPorts().getFirst().getNodePort();
        address = new InetSocketAddress(cluster.node(), port);
    }

    /** Changes some fields of the pool's spec, given as JSON. */
    public void patch(String spec) {
        resource().patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":" + spec + "}");
    }

    public Resource<GenericKubernetesResource> resource() {
        return cluster.client()
                .genericKubernetesResources(POOL)
                .inNamespace(Cluster.NAMESPACE)
                .withName(name);
    }

    public List<Pod> pods() {
        return cluster.client()
                .pods()
                .inNamespace(Cluster.NAMESPACE)
                .withLabel(POOL_LABEL, name)
                .list()
                .getItems();
    }

    /** Those that take tasks. */
    public List<Pod> ready() {
        return pods().stream().filter(Replicas::isReady).toList();
    }

    public static boolean isReady(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    public static ContainerStatus worker(Pod pod) {
        return pod.getStatus().getContainerStatuses().stream()
                .filter(status -> status.getName().equals("worker"))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until there are exactly so many pods, all Ready, and each has been reached through the Service. */
    public Replicas await(int count) throws InterruptedException {
        awaitPods(count);
        Wait.until(() -> count + " replicas of " + name + " behind the Service", PATIENCE, () -> reached(count));
        return this;
    }

    public void awaitPods(int count) throws InterruptedException {
        Wait.until(
                () -> count + " pods of " + name + ", but " + pods().size() + ", " + ready().size() + " of them Ready",
                PATIENCE,
                () -> pods().size() == count && ready().size() == count);
    }

    private boolean reached(int count) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 20 * count && seen.size() < count; i++) {
            try (Client client = connect()) {
                seen.add(client.get("/tasks").replica());
            } catch (IOException notYet) {
                return false;
            }
        }
        return seen.size() == count;
    }

    /** When the pods were first seen to be so, as {@link System#nanoTime}; told by a watch, at once. */
    public CompletableFuture<Long> when(Predicate<List<Pod>> so) {
        return cluster.client()
                .pods()
                .inNamespace(Cluster.NAMESPACE)
                .withLabel(POOL_LABEL, name)
                .informOnCondition(so)
                .thenApply(pods -> System.nanoTime());
    }

    /** When the pool was first seen to be so, as {@link System#nanoTime}; told by a watch, at once. */
    public CompletableFuture<Long> whenPool(Predicate<GenericKubernetesResource> so) {
        return resource()
                .informOnCondition(pools -> pools.stream().anyMatch(so))
                .thenApply(pools -> System.nanoTime());
    }

    /** Waits until each replica hears of the load of all others, as far as it watches them. */
    public Replicas awaitPeers(int heard) throws InterruptedException {
        var pattern = Pattern.compile("(?m)^workerpool_peers_heard(\\{[^}]*})? " + heard + "(\\.0)?$");
        Wait.until(() -> "replicas of " + name + " hear each other", PATIENCE, () -> ready().stream()
                .allMatch(pod ->
                        pattern.matcher(cluster.management(pod, "/metrics")).find()));
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Client connect() throws IOException {
        return new Client(address);
    }

    @Override
    public void close() throws InterruptedException {
        owned.forEach(
                object -> cluster.client().resource(object).withGracePeriod(0).delete());
        // Nobody waits for what they still do.
        Wait.until(() -> "the pods of " + name + " are gone", PATIENCE, () -> {
            cluster.client()
                    .pods()
                    .inNamespace(Cluster.NAMESPACE)
                    .withLabel(POOL_LABEL, name)
                    .withGracePeriod(0)
                    .delete();
            return pods().isEmpty();
        });
    }
}
