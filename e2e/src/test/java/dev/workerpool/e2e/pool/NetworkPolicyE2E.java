package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.workerpool.e2e.harness.ClientPod;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may call a pool that only the cluster reaches: its own namespace and those it allows, nobody else. */
@ClusterTest
class NetworkPolicyE2E {
    private final TestNamespace namespace;
    private final TestNamespace neighbour;
    private Pool pool;
    private ClientPod stranger;

    NetworkPolicyE2E(TestNamespace namespace) {
        this.namespace = namespace;
        this.neighbour = namespace.another("neighbour");
    }

    @BeforeAll
    void apply() {
        pool = namespace.pool("guarded");
        namespace.apply("apiVersion: workerpool.dev/v1alpha1\nkind: WorkerPool\nmetadata: {name: guarded}");
        pool.awaitCondition("Available", "True");
        stranger = neighbour.clientPod();
    }

    @AfterAll
    void removeTheNeighbour() {
        neighbour.close();
    }

    @Test
    void itsOwnNamespaceGetsThrough() {
        ClientPod friend = namespace.clientPod();
        Wait.until("a pod of the namespace gets through", () -> friend.reaches(tasks()));
    }

    @Test
    void anotherNamespaceGetsThroughOnceItIsAllowed() {
        pool.patch("{\"service\":{\"allowedNamespaces\":[\"%s\"]}}".formatted(neighbour.name()));
        Wait.until("a pod of the allowed namespace gets through", () -> stranger.reaches(tasks()));
        pool.patch("{\"service\":{\"allowedNamespaces\":null}}");
    }

    @Test
    void anotherNamespaceIsKeptOutOfTheTaskPortAndEverybodyOutOfTheManagementPort() {
        assumeTrue(namespace.cluster().enforcesNetworkPolicies(), "this node's image does not enforce NetworkPolicies");
        String management =
                "http://%s:9000/status".formatted(pool.onlyPod().getStatus().getPodIP());
        Wait.until("a pod of another namespace is kept out", () -> !stranger.reaches(tasks()));
        assertThat(stranger.reaches(management)).isFalse();
    }

    private String tasks() {
        return "http://guarded.%s:8000/tasks".formatted(namespace.name());
    }
}
