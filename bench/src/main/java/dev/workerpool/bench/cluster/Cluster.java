package dev.workerpool.bench.cluster;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A k3s node in Docker with the operator installed. Everything is made in one namespace, which {@link #close} removes. */
public final class Cluster implements AutoCloseable {
    public static final String NAMESPACE = "bench-pool";

    /** The ConfigMap that all pools take their tasks from. */
    static final String TASKS = "bench-tasks";

    private static final long COMMAND_SECONDS = 60;

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final String container;
    private final String node;

    /**
     * @param container the node's
     * @param node its address, at which node ports are reached
     */
    public Cluster(String container, String node) {
        this.container = container;
        this.node = node;
    }

    /** Makes the namespace and the tasks in it. */
    public void prepare(Path taskJar) throws IOException {
        var namespace = new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build();
        client.resource(namespace).createOr(existing -> existing.update());
        var tasks = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(TASKS)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .addToBinaryData("bench-tasks.jar", Base64.getEncoder().encodeToString(Files.readAllBytes(taskJar)))
                .build();
        client.resource(tasks).createOr(existing -> existing.update());
    }

    public KubernetesClient client() {
        return client;
    }

    public String node() {
        return node;
    }

    /** Whether the node is given metrics of CPU, without which no HorizontalPodAutoscaler works. */
    public boolean hasMetricsServer() {
        return client.hasApiGroup("metrics.k8s.io", true);
    }

    /** What a path of a replica's management port answers, through the API server, which every replica admits. */
    public String management(Pod pod, String path) {
        return client.raw("/api/v1/namespaces/%s/pods/%s:9000/proxy%s"
                .formatted(NAMESPACE, pod.getMetadata().getName(), path));
    }

    public void kubectlApply(String manifest) throws IOException, InterruptedException {
        run(manifest, "kubectl", "apply", "-n", NAMESPACE, "-f", "-");
    }

    /** The process of a pod's worker, as the node counts; not the primary that forked it. */
    public String worker(Pod pod) throws IOException, InterruptedException {
        String primary = process(pod);
        return run("", "docker", "exec", container, "cat", "/proc/%s/task/%s/children".formatted(primary, primary))
                .strip();
    }

    /** Process 1 of a pod's container, as the node counts. */
    public String process(Pod pod) throws IOException, InterruptedException {
        String id = Replicas.worker(pod).getContainerID();
        String bare = id.substring(id.indexOf("//") + 2);
        return run("", "docker", "exec", container, "ctr", "-n", "k8s.io", "tasks", "ls")
                .lines()
                .filter(line -> line.startsWith(bare))
                .map(line -> line.split("\\s+")[1])
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The node runs no container " + bare));
    }

    /** SIGKILL from outside, as the kernel would. */
    public void kill(String process) throws IOException, InterruptedException {
        run("", "docker", "exec", container, "kill", "-9", process);
    }

    private static String run(String input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
            in.write(input);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            List<String> words = new ArrayList<>(List.of(command));
            throw new IOException(String.join(" ", words) + " failed: " + output);
        }
        return output;
    }

    @Override
    public void close() {
        client.namespaces().withName(NAMESPACE).delete();
        client.close();
    }
}
