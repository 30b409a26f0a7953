package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClientPod;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A pool that says nothing of itself has its defaults; its port moves while the pods stay. */
@ClusterTest
class DefaultsE2E {
    private final TestNamespace namespace;
    private Pool pool;
    private ClientPod client;

    DefaultsE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        pool = namespace.pool("plain");
        namespace.apply("apiVersion: workerpool.dev/v1alpha1\nkind: WorkerPool\nmetadata: {name: plain}");
        client = namespace.clientPod();
        pool.awaitCondition("Available", "True");
    }

    @Test
    void oneReplicaWithOneThreadOnPort8000InsideTheCluster() {
        assertThat(pool.status().readyReplicas()).isEqualTo(1);
        assertThat(pool.status().threads()).isEqualTo(1);
        assertThat(service("{.spec.type} {.spec.ports[*].port}")).isEqualTo("ClusterIP 8000");
        Wait.untilAsserted("a call by name is answered", () -> assertThat(
                        client.post("http://plain:8000/tasks/primes", "{\"n\":10}"))
                .isEqualTo("{\"count\":4}"));
    }

    @Test
    void theCpuLimitRoundedUpGivesTheThreads() {
        pool.patch("{\"resources\":{\"limits\":{\"cpu\":\"1500m\"}}}");
        Wait.untilAsserted(
                "two threads for one and a half CPUs",
                () -> assertThat(pool.status().threads()).isEqualTo(2));
        pool.patch("{\"resources\":null}");
        Wait.untilAsserted("one thread again", () -> {
            assertThat(pool.status().threads()).isEqualTo(1);
            assertThat(pool.pods()).hasSize(1);
        });
    }

    @Test
    void anotherPortIsServedByTheSamePods() {
        Set<String> before = pool.podUids();
        pool.patch("{\"service\":{\"port\":9090}}");
        Wait.untilAsserted("a call on the new port is answered", () -> assertThat(
                        client.post("http://plain:9090/tasks/primes", "{\"n\":10}"))
                .isEqualTo("{\"count\":4}"));
        assertThat(pool.podUids()).isEqualTo(before);
        pool.patch("{\"service\":{\"port\":8000}}");
        Wait.untilAsserted("the port is back for the other tests", () -> assertThat(service("{.spec.ports[*].port}"))
                .isEqualTo("8000"));
    }

    private String service(String jsonPath) {
        return namespace
                .kubectl("get", "service", "plain", "-o", "jsonpath=" + jsonPath)
                .out();
    }
}
