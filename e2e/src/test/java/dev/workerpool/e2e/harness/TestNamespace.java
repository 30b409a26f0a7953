package dev.workerpool.e2e.harness;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The namespace of one test class. It enforces the restricted Pod Security Standard, so a pod that asks for more than
 * that never starts. Deleted with all it holds when the class is over.
 */
public final class TestNamespace implements AutoCloseable {
    private final Cluster cluster;
    private final String name;

    private TestNamespace(Cluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
    }

    static TestNamespace create(Cluster cluster, String name) {
        createRestricted(cluster, name);
        return new TestNamespace(cluster, name);
    }

    static void createRestricted(Cluster cluster, String name) {
        cluster.kubectl("apply", "-f", "-").input("""
                        apiVersion: v1
                        kind: Namespace
                        metadata:
                          name: %s
                          labels:
                            pod-security.kubernetes.io/enforce: restricted
                            pod-security.kubernetes.io/enforce-version: latest
                        """.formatted(name)).out();
    }

    public String name() {
        return name;
    }

    public Cluster cluster() {
        return cluster;
    }

    public KubernetesClient client() {
        return cluster.client();
    }

    public Command kubectl(String... arguments) {
        return cluster.kubectl(
                Stream.concat(Stream.of("-n", name), Stream.of(arguments)).toArray(String[]::new));
    }

    public String apply(String yaml) {
        return kubectl("apply", "-f", "-").input(yaml).out();
    }

    /** The resource versions of all pools here and of all that was made for them: none changes unless it is written. */
    public Map<String, String> resourceVersions() {
        String kinds =
                "workerpools,deployments,replicasets,pods,services,endpointslices,poddisruptionbudgets,networkpolicies";
        String each = "{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{'\\n'}{end}";
        return kubectl("get", kinds, "-o", "jsonpath=" + each)
                .out()
                .lines()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(words -> words[0], words -> words[1], (one, same) -> one, TreeMap::new));
    }

    /** Waits until nothing was written for three seconds, and returns the versions that all has then. */
    public Map<String, String> awaitQuiet() {
        AtomicReference<Map<String, String>> versions = new AtomicReference<>(Map.of());
        Awaitility.await("nothing is written in " + name)
                .atMost(Wait.AT_MOST)
                .during(Duration.ofSeconds(3))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    Map<String, String> now = resourceVersions();
                    return now.equals(versions.getAndSet(now));
                });
        return versions.get();
    }

    /** One more namespace, for tests that need a neighbour; the caller closes it. */
    public TestNamespace another(String suffix) {
        return create(cluster, name + "-" + suffix);
    }

    /** A pool of this namespace with a node port of its own; nothing is applied yet. */
    public Pool pool(String poolName) {
        return new Pool(this, poolName, cluster.takeNodePort());
    }

    /** Puts a task jar into a ConfigMap. */
    public void configMap(String configMap, TaskJar jar) {
        apply("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: %s}
                binaryData:
                  %s: %s
                """.formatted(configMap, jar.name(), Base64.getEncoder().encodeToString(jar.bytes())));
    }

    /** Makes a Secret, or changes it. */
    public void secret(String secret, Map<String, String> content) {
        var encoded = new TreeMap<String, String>();
        content.forEach((key, text) ->
                encoded.put(key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
        apply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: %s}
                data: %s
                """.formatted(secret, Serialization.asJson(encoded)));
    }

    /** Puts a task jar on a volume of the node, and claims that volume under the given name. */
    public void volume(String claim, TaskJar jar) {
        String folder = "/var/lib/workerpool-e2e/%s/%s".formatted(name, claim);
        cluster.writeOnNode(folder + "/" + jar.name(), jar.bytes());
        apply("""
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: %1$s-%2$s}
                spec:
                  capacity: {storage: 1Mi}
                  accessModes: [ReadOnlyMany]
                  storageClassName: ""
                  persistentVolumeReclaimPolicy: Retain
                  claimRef: {namespace: %1$s, name: %2$s}
                  hostPath: {path: %3$s, type: Directory}
                ---
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: %2$s}
                spec:
                  accessModes: [ReadOnlyMany]
                  storageClassName: ""
                  volumeName: %1$s-%2$s
                  resources: {requests: {storage: 1Mi}}
                """.formatted(name, claim, folder));
    }

    /** {@code kubectl port-forward} to a port of something in this namespace, such as {@code service/name}. */
    public PortForward portForward(String target, int port) {
        return new PortForward(kubectl("port-forward", target, ":" + port));
    }

    /** The same to the task port of one replica, past the Service. */
    public PortForward portForward(Pod replica) {
        return portForward("pod/" + replica.getMetadata().getName(), 8000);
    }

    /** A pod of this namespace, restricted like any other, from which the pools' Services are called by name. */
    public ClientPod clientPod() {
        return ClientPod.start(this);
    }

    @Override
    public void close() {
        kubectl("delete", "namespace", name, "--wait=false").out();
    }
}
