package dev.workerpool.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The operator as a user installs it: with Helm, in its own namespace, which enforces the restricted Pod Security
 * Standard, and under nothing but the rights that the chart gives it.
 */
public final class Operator {
    public static final String NAMESPACE = "workerpool-system";
    public static final String RELEASE = "workerpool";
    /** Of the Deployment, its ServiceAccount and whatever else the chart makes. */
    public static final String NAME = "workerpool-operator";

    private static final String NAME_LABEL = "app.kubernetes.io/name";

    private final Cluster cluster;

    Operator(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Installs the chart, or upgrades the release to these values; a value left out has its default again. */
    public void install(String... values) {
        TestNamespace.createRestricted(cluster, NAMESPACE);
        List<String> words = new ArrayList<>(List.of(
                "upgrade", "--install", RELEASE, cluster.settings().chart().toString(), "-n", NAMESPACE, "--wait"));
        Stream.of(
                        image("image", cluster.settings().operatorImage()),
                        image("worker.image", cluster.settings().workerImage()),
                        List.of(values))
                .flatMap(List::stream)
                .forEach(value -> words.addAll(List.of("--set", value)));
        helm(words);
        awaitReady();
    }

    private static List<String> image(String value, String reference) {
        int colon = reference.lastIndexOf(':');
        return List.of(
                value + ".repository=" + reference.substring(0, colon),
                value + ".tag=" + reference.substring(colon + 1));
    }

    public void uninstall() {
        helm(List.of("uninstall", RELEASE, "-n", NAMESPACE, "--wait"));
    }

    public String helm(List<String> words) {
        return cluster.helm(words.toArray(String[]::new)).out();
    }

    public Command kubectl(String... arguments) {
        List<String> words = new ArrayList<>(List.of("-n", NAMESPACE));
        words.addAll(List.of(arguments));
        return cluster.kubectl(words.toArray(String[]::new));
    }

    public void scale(int replicas) {
        kubectl("scale", "deployment", NAME, "--replicas=" + replicas).out();
        Wait.untilAsserted("the operator has " + replicas + " pods", () -> assertThat(pods())
                .hasSize(replicas));
        awaitReady();
    }

    public List<Pod> pods() {
        return cluster.client()
                .pods()
                .inNamespace(NAMESPACE)
                .withLabel(NAME_LABEL, NAME)
                .list()
                .getItems();
    }

    public void awaitReady() {
        Wait.untilAsserted(
                "every operator pod is ready", () -> assertThat(pods()).allMatch(Readiness.getInstance()::isReady));
    }

    /** The pod that holds the lease, once one does. */
    public Pod leader() {
        return Wait.forPresent("a pod of the operator holds the lease", this::leaseHolder);
    }

    /** The pod that holds the lease once the one of that name no longer does. */
    public Pod leaderAfter(String former) {
        return Wait.forPresent("another pod than " + former + " holds the lease", () -> leaseHolder()
                .filter(pod -> !pod.getMetadata().getName().equals(former)));
    }

    private Optional<Pod> leaseHolder() {
        String holder = lease().getSpec().getHolderIdentity();
        return pods().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> pod.getMetadata().getName().equals(holder))
                .findFirst();
    }

    private Lease lease() {
        List<Lease> leases =
                cluster.client().leases().inNamespace(NAMESPACE).list().getItems();
        assertThat(leases).as("leases in " + NAMESPACE).hasSize(1);
        return leases.getFirst();
    }

    /** What the only operator, or one of several, has logged so far. */
    public String log() {
        return kubectl("logs", "deployment/" + NAME, "--tail=-1").out();
    }

    public String log(Pod pod) {
        return kubectl("logs", "pod/" + pod.getMetadata().getName(), "--tail=-1")
                .out();
    }

    public void killHard(Pod pod) {
        cluster.killHard(pod, pod.getSpec().getContainers().getFirst().getName());
    }
}
