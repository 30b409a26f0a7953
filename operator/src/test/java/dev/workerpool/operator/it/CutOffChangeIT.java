package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.CHILDREN;
import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator dies in the middle of changing a pool that is there: the next one finishes the change, and repeats none of it. */
@ExtendWith(ApiServer.class)
class CutOffChangeIT {

    @AutoClose
    private Cluster cluster;

    @BeforeEach
    void makeCluster(ApiServer.Running server) {
        cluster = new Cluster(server);
    }

    @ParameterizedTest(name = "after write {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void ofAllChildren(int writes) {
        settle("{replicas: 1, image: 'own:1', service: {port: 80}}");
        Map<String, HasMetadata> before = children();

        // The PodDisruptionBudget is to be made.
        dieAfter(writes, "{replicas: 3, image: 'own:2', service: {port: 90, allowedNamespaces: [callers]}}");
        Map<String, HasMetadata> left = children();
        int told = cluster.requests().writes().size();

        cluster.startOperator();
        cluster.awaitReconciled("thumbnails");

        assertChanged(before);
        assertThat(cluster.requests().writes().stream().skip(told))
                .as("what was finished is not written again")
                .noneMatch(write -> left.entrySet().stream()
                        .filter(child -> isFinished(child.getKey(), child.getValue()))
                        .anyMatch(child -> write.endsWith("/" + child.getKey() + "/thumbnails")));
        assertThat(cluster.events("ScaledUp")).hasSizeLessThan(2);
    }

    @ParameterizedTest(name = "after write {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void ofPodsThatRunOn(int writes) {
        settle("{replicas: 2, threads: 2, resources: {limits: {cpu: 1}}}");
        run("a");
        run("b");

        dieAfter(writes, "{replicas: 1, threads: 2, resources: {limits: {cpu: 3}}}");
        cluster.startOperator();

        awaitThat(() -> {
            assertThat(cluster.deployment("thumbnails").getSpec().getReplicas()).isEqualTo(1);
            assertThat(List.of(pod("a"), pod("b")))
                    .allSatisfy(pod -> assertThat(cpu(pod.getSpec())).isEqualTo("3"));
        });
        // Written before the Deployment was told of fewer, so they are there now.
        assertThat(List.of(pod("a"), pod("b")))
                .allSatisfy(pod -> assertThat(pod.getMetadata().getAnnotations())
                        .containsKey("controller.kubernetes.io/pod-deletion-cost"));
        cluster.awaitReconciled("thumbnails");
        var deployment = cluster.deployment("thumbnails");
        assertThat(cpu(deployment.getSpec().getTemplate().getSpec()))
                .as("no pod is replaced")
                .isEqualTo("1");
        assertThat(deployment.getMetadata().getGeneration())
                .as("made, and changed once")
                .isEqualTo(2);
        assertThat(cluster.events("ScaledDown")).hasSizeLessThan(2);
    }

    private void settle(String spec) {
        cluster.startOperator();
        cluster.apply("thumbnails", spec);
        cluster.awaitReconciled("thumbnails");
        cluster.stopOperator();
    }

    /** An operator does so that had nothing to do before. */
    private void dieAfter(int writes, String spec) {
        var death = new Death(writes);
        cluster.startOperator(cluster.config(), death);
        awaitThat(() -> assertThat(cluster.isReady()).isTrue());
        cluster.apply("thumbnails", spec);
        awaitThat(() -> assertThat(death.isDead() || isObserved()).isTrue());
        cluster.stopOperator();
    }

    private void run(String suffix) {
        cluster.createPod("thumbnails", suffix);
        cluster.setPodStatus(
                "thumbnails-" + suffix,
                RunningPod.since(Instant.now().truncatedTo(ChronoUnit.SECONDS)).resources("{requests: {cpu: 1}}"));
    }

    private Pod pod(String suffix) {
        return cluster.pod("thumbnails-" + suffix);
    }

    private static String cpu(PodSpec pod) {
        return pod.getContainers()
                .getFirst()
                .getResources()
                .getLimits()
                .get("cpu")
                .toString();
    }

    private boolean isObserved() {
        WorkerPool pool = cluster.pool("thumbnails");
        return pool.getMetadata().getGeneration().equals(pool.getStatus().observedGeneration());
    }

    /** By plural, as in a path. */
    private Map<String, HasMetadata> children() {
        Map<String, HasMetadata> children = new LinkedHashMap<>();
        for (Class<? extends HasMetadata> type : CHILDREN) {
            HasMetadata child = cluster.child(type, "thumbnails");
            if (child != null) {
                children.put(HasMetadata.getPlural(type), child);
            }
        }
        return children;
    }

    /** The note of what was applied is the last one already. */
    private boolean isFinished(String plural, HasMetadata child) {
        return note(child).equals(note(children().get(plural)));
    }

    private static String note(HasMetadata child) {
        return child.getMetadata().getAnnotations().get("workerpool.dev/applied");
    }

    private void assertChanged(Map<String, HasMetadata> before) {
        Map<String, HasMetadata> after = children();
        assertThat(after).hasSize(4);
        before.forEach((kind, child) -> assertThat(after.get(kind).getMetadata().getUid())
                .as(kind)
                .isEqualTo(child.getMetadata().getUid()));
        var deployment = cluster.deployment("thumbnails");
        assertThat(deployment.getSpec().getReplicas()).isEqualTo(3);
        assertThat(deployment
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getImage())
                .isEqualTo("own:2");
        assertThat(deployment.getMetadata().getGeneration())
                .as("made, and changed once")
                .isEqualTo(2);
        assertThat(cluster.child(Service.class, "thumbnails").getSpec().getPorts())
                .extracting(ServicePort::getPort)
                .containsExactly(90);
        assertThat(cluster.child(NetworkPolicy.class, "thumbnails").getSpec().toString())
                .contains("callers");
        assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False");
    }
}
