package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClientPod;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.ControlKey;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.PortForward;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Who may call a pool that only the cluster reaches: its own namespace and those it allows, nobody else; on the
 * management port the operator alone. Who gets there all the same, through the node, can change nothing. The node's
 * image has to enforce NetworkPolicies: where it does not, this fails.
 */
@ClusterTest
class NetworkPolicyE2E {
    private static final String POOL = """
            apiVersion: workerpool.dev/v1alpha1
            kind: WorkerPool
            metadata: {name: %s}
            spec: {threads: 1}
            """;

    private final TestNamespace namespace;
    private final TestNamespace neighbour;
    private Pool guarded;
    private Pool other;
    private Pod replica;
    private ClientPod otherReplica;
    private ClientPod friend;
    private ClientPod stranger;

    NetworkPolicyE2E(TestNamespace namespace) {
        this.namespace = namespace;
        this.neighbour = namespace.another("neighbour");
    }

    @BeforeAll
    void apply() {
        guarded = namespace.pool("guarded");
        other = namespace.pool("other");
        namespace.apply(POOL.formatted("guarded"));
        namespace.apply(POOL.formatted("other"));
        friend = namespace.clientPod();
        stranger = neighbour.clientPod();
        guarded.awaitCondition("Available", "True");
        other.awaitCondition("Available", "True");
        replica = guarded.onlyPod();
        otherReplica = ClientPod.replica(namespace, other.onlyPod());
    }

    @AfterAll
    void removeTheNeighbour() {
        neighbour.close();
    }

    @Test
    void itsOwnNamespaceGetsThrough() {
        Wait.until("a pod of the namespace gets through", () -> friend.reaches(tasks()));
        Wait.until("a replica of another pool gets through", () -> otherReplica.reaches(tasks()));
    }

    @Test
    void anotherNamespaceGetsThroughWhileItIsAllowed() {
        Wait.until("a pod of another namespace is kept out", () -> !stranger.reaches(tasks()));

        guarded.patch("{\"service\":{\"allowedNamespaces\":[\"%s\"]}}".formatted(neighbour.name()));
        Wait.until("a pod of the allowed namespace gets through", () -> stranger.reaches(tasks()));

        guarded.patch("{\"service\":{\"allowedNamespaces\":null}}");
        Wait.until("it is kept out again", () -> !stranger.reaches(tasks()));
    }

    @Test
    void theManagementPortIsForTheOperatorAlone() {
        String port = "http://%s:9000/status".formatted(replica.getStatus().getPodIP());
        Wait.until("a pod of another namespace is kept out", () -> !stranger.reaches(port));
        Wait.until("a pod of the namespace is kept out", () -> !friend.reaches(port));
        Wait.until("a replica of another pool is kept out", () -> !otherReplica.reaches(port));

        guarded.patch("{\"threads\":2}");
        Wait.untilAsserted(
                "the operator has told the replica",
                () -> assertThat(guarded.management(replica, "/settings")).contains("\"threads\":2"));
        assertThat(guarded.onlyPod().getMetadata().getUid())
                .isEqualTo(replica.getMetadata().getUid());
    }

    @Test
    void whoReachesTheManagementPortAllTheSameChangesNothing() throws IOException {
        ControlKey key = ControlKey.of(namespace.cluster());
        String change = "{\"generation\":1000000,\"threads\":7}";
        double unsigned = refused("no-token");
        double misdirected = refused("audience");

        try (PortForward door = namespace.portForward("pod/" + name(replica), 9000);
                Http connection = door.connect()) {
            assertRefused(connection.send(ControlKey.unsigned(change)), "no-token");
            assertRefused(connection.send(key.signed(other.onlyPod(), change)), "audience");
            // The same key and the right pod: it was the address alone. What this says is in force, or outdated.
            assertThat(connection
                            .send(key.signed(replica, "{\"generation\":1}"))
                            .status())
                    .isIn(200, 409);
        }
        assertThat(refused("no-token")).isEqualTo(unsigned + 1);
        assertThat(refused("audience")).isEqualTo(misdirected + 1);
        assertThat(guarded.management(replica, "/settings")).doesNotContain("\"threads\":7");
    }

    private static void assertRefused(Http.Answer answer, String reason) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(401);
        assertThat(answer.body()).contains("problem:control-refused").contains("\"reason\":\"" + reason + "\"");
    }

    private double refused(String reason) {
        String metric = "workerpool_control_refused_total{reason=\"%s\"} ".formatted(reason);
        return guarded.management(replica, "/metrics")
                .lines()
                .filter(line -> line.startsWith(metric))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length())))
                .sum();
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    private String tasks() {
        return "http://guarded.%s:8000/tasks".formatted(namespace.name());
    }
}
