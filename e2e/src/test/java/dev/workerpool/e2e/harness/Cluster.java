package dev.workerpool.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * One k3s node in Docker with the product's images loaded into it; also the node itself, for what only a node can do.
 * Node ports are published to the host from the start, because Docker cannot add a port later. Safe for several
 * threads; stopped by {@link #close}, unless it is to be kept.
 */
public final class Cluster implements AutoCloseable {
    /** For a shell on the node: looks up where the kernel keeps the limit of the container that is the first argument. */
    private static final String PIDS_FILE =
            "file=$(find /sys/fs/cgroup -path \"*$0*\" -name pids.max | head -n 1); [ -n \"$file\" ] || exit 1;";

    /** So that a script can remove what a killed suite left: {@code docker ps -q --filter label=…}. */
    static final String LABEL = "dev.workerpool.e2e";

    private static final int FIRST_NODE_PORT = 31_000;
    private static final int NODE_PORTS = 64;

    private final Settings settings;
    private final K3sContainer container;
    private final Path kubeconfig;
    private final KubernetesClient client;
    private final AtomicInteger nodePorts = new AtomicInteger(FIRST_NODE_PORT);

    private Cluster(Settings settings, K3sContainer container) {
        this.settings = settings;
        this.container = container;
        // Named after the container, so that two runs in one checkout do not take each other's cluster.
        String file = "e2e/target/kubeconfig-" + container.getContainerId().substring(0, 12);
        this.kubeconfig = write(settings.root().resolve(file), container.getKubeConfigYaml());
        this.client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(container.getKubeConfigYaml()))
                .build();
    }

    @SuppressWarnings("resource") // Handed to the cluster, which stops it.
    static Cluster start(Settings settings) {
        List<String> images = List.of(settings.workerImage(), settings.operatorImage());
        images.forEach(Cluster::requireImage);
        K3sContainer container =
                new K3sContainer(DockerImageName.parse(settings.k3sImage()).asCompatibleSubstituteFor("rancher/k3s"));
        container.addExposedPorts(
                IntStream.range(FIRST_NODE_PORT, FIRST_NODE_PORT + NODE_PORTS).toArray());
        container.withLabel(LABEL, "true").withStartupTimeout(Duration.ofMinutes(3));
        container.start();
        try {
            Cluster cluster = new Cluster(settings, container);
            cluster.load(images.toArray(String[]::new));
            return cluster;
        } catch (RuntimeException | Error e) {
            container.stop();
            throw e;
        }
    }

    public KubernetesClient client() {
        return client;
    }

    public Settings settings() {
        return settings;
    }

    public Command kubectl(String... arguments) {
        return Command.of(settings.kubectl(), arguments).with("KUBECONFIG", kubeconfig.toString());
    }

    public Command helm(String... arguments) {
        return Command.of(settings.helm(), arguments)
                .with("KUBECONFIG", kubeconfig.toString())
                .within(Duration.ofMinutes(3));
    }

    public String host() {
        return container.getHost();
    }

    /** A node port that nobody else uses; {@link #hostPort} says where it is reached from here. */
    int takeNodePort() {
        int port = nodePorts.getAndIncrement();
        if (port >= FIRST_NODE_PORT + NODE_PORTS) {
            throw new IllegalStateException("All " + NODE_PORTS + " published node ports are taken; publish more.");
        }
        return port;
    }

    int hostPort(int nodePort) {
        return container.getMappedPort(nodePort);
    }

    /** Puts images of the local Docker daemon into the node, which has no registry to pull them from. */
    public void load(String... images) {
        String[] save =
                Stream.concat(Stream.of("docker", "save"), Stream.of(images)).toArray(String[]::new);
        String[] load = {
            "docker", "exec", "-i", container.getContainerId(), "ctr", "-n", "k8s.io", "images", "import", "-"
        };
        try {
            ProcessBuilder into = new ProcessBuilder(load).redirectOutput(ProcessBuilder.Redirect.DISCARD);
            for (Process process : ProcessBuilder.startPipeline(List.of(new ProcessBuilder(save), into))) {
                if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0) {
                    String error = new String(process.getErrorStream().readAllBytes());
                    throw new IllegalStateException("Cannot load " + List.of(images) + " into the node: " + error);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The worker image under one more name, which to Kubernetes is another image. */
    public String tagWorkerImage(String tag) {
        return tag(settings.workerImage(), tag);
    }

    public String tagOperatorImage(String tag) {
        return tag(settings.operatorImage(), tag);
    }

    private String tag(String image, String tag) {
        String name = "docker.io/" + image.replaceAll(":[^:/]*$", "") + ":" + tag;
        onNode("ctr", "-n", "k8s.io", "images", "tag", "--force", "docker.io/" + image, name);
        return name;
    }

    /** Ends the main process of a pod's container from outside, as the kernel or a colleague with root would. */
    public void killHard(Pod pod, String containerName) {
        onNode("kill", "-9", process(pod, containerName));
    }

    /** Ends the worker itself in the same way, and leaves the primary that forked it. */
    public void killWorker(Pod pod) {
        String primary = process(pod, "worker");
        String workers = onNode("cat", "/proc/%s/task/%s/children".formatted(primary, primary))
                .strip();
        assertThat(workers).as("children of process %s", primary).matches("[0-9]+");
        onNode("kill", "-9", workers);
    }

    /** Lets a pod's container have so many processes and threads more than it has now, as a limit of its node would. */
    public void limitThreads(Pod pod, int more) {
        setMostThreads(pod, "$(($(cat ${file%max}current) + " + more + "))");
    }

    public void liftLimitOfThreads(Pod pod) {
        setMostThreads(pod, "max");
    }

    /** Where control groups lie differs between their versions and from node to node, and the container's id is in each path. */
    private void setMostThreads(Pod pod, String most) {
        onNode("sh", "-c", PIDS_FILE + " echo " + most + " >$file", containerId(pod, "worker"));
    }

    /** The names of all threads of a pod's worker, as the kernel has them. */
    public List<String> threads(Pod pod) {
        String script = PIDS_FILE
                + " for process in $(cat ${file%pids.max}cgroup.procs); do cat /proc/$process/task/*/comm; done";
        return onNode("sh", "-c", script, containerId(pod, "worker")).lines().toList();
    }

    /** Stops a container's main process where it stands: it keeps all it has, and does nothing. */
    public void freeze(Pod pod) {
        onNode("kill", "-STOP", process(pod, onlyContainer(pod)));
    }

    public void thaw(Pod pod) {
        onNode("kill", "-CONT", process(pod, onlyContainer(pod)));
    }

    private static String onlyContainer(Pod pod) {
        return pod.getSpec().getContainers().getFirst().getName();
    }

    /** Stops the API server where it stands: connections stay open, and nobody answers. */
    public void freezeApiServer() {
        signalApiServer("STOP");
    }

    public void thawApiServer() {
        signalApiServer("CONT");
    }

    /** rancher/k3s has it in one process with the kubelet, which would be stopped with it. */
    public boolean canFreezeApiServer() {
        return !settings.k3sImage().contains("rancher/k3s");
    }

    private void signalApiServer(String signal) {
        String script = "for process in /proc/[0-9]*; do"
                + " if [ \"$(cat $process/comm)\" = kube-apiserver ]; then kill -$0 ${process#/proc/} && exit 0; fi;"
                + " done; exit 1";
        onNode("sh", "-c", script, signal);
    }

    private static String containerId(Pod pod, String containerName) {
        return pod.getStatus().getContainerStatuses().stream()
                .filter(status -> status.getName().equals(containerName))
                .map(ContainerStatus::getContainerID)
                .map(full -> full.substring(full.indexOf("//") + 2))
                .findFirst()
                .orElseThrow();
    }

    private String process(Pod pod, String containerName) {
        String id = containerId(pod, containerName);
        return onNode("ctr", "-n", "k8s.io", "tasks", "ls")
                .lines()
                .filter(line -> line.startsWith(id))
                .map(line -> line.split("\\s+")[1])
                .findFirst()
                .orElseThrow(() -> new AssertionError("The node runs no container " + id));
    }

    /** Writes a file into the node, with the folders it needs. */
    void writeOnNode(String path, byte[] content) {
        String script = "mkdir -p \"$(dirname \"$0\")\" && cat > \"$0\"";
        Command.of("docker", "exec", "-i", container.getContainerId(), "sh", "-c", script, path)
                .input(content)
                .out();
    }

    /** Runs a command in the node itself and returns what it printed; fails unless it exits with 0. */
    public String onNode(String... command) {
        return Command.of(
                        "docker",
                        Stream.concat(Stream.of("exec", container.getContainerId()), Stream.of(command))
                                .toArray(String[]::new))
                .out();
    }

    @Override
    public void close() {
        client.close();
        if (settings.keep()) {
            System.out.printf(
                    "The cluster is kept: export KUBECONFIG=%s%nRemove it with: docker rm -f -v %s%n",
                    kubeconfig, container.getContainerId());
        } else {
            container.stop();
        }
    }

    private static void requireImage(String image) {
        if (Command.of("docker", "image", "inspect", image).run().exitCode() != 0) {
            throw new IllegalStateException(("The image %s is not in the local Docker daemon. Build it first (./test.sh"
                            + " does), or name another one with WORKERPOOL_WORKER_IMAGE or WORKERPOOL_OPERATOR_IMAGE.")
                    .formatted(image));
        }
    }

    private static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
