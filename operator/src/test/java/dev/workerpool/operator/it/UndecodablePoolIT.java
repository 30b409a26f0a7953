package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** One resource that the operator cannot read is no reason to look after none. */
@Isolated("The CRD lets every spec through meanwhile")
@ExtendWith(ApiServer.class)
class UndecodablePoolIT {

    @AutoClose
    private Cluster cluster;

    @BeforeEach
    void makeCluster(ApiServer.Running server) {
        cluster = new Cluster(server);
    }

    @Test
    void isToldOfAndTheRestGoesOn(ApiServer.Running server) {
        cluster.apply("good", "{}");
        cluster.apply("bad", "{replicas: 3}");
        cluster.startOperator();
        cluster.awaitReconciled("good");
        cluster.awaitReconciled("bad");

        server.withoutSchema(() -> {
            var bad = cluster.admin()
                    .genericKubernetesResources("workerpool.dev/v1alpha1", "WorkerPool")
                    .inNamespace(cluster.namespace())
                    .withName("bad");
            bad.edit(pool -> {
                pool.setAdditionalProperty("spec", Map.of("replicas", 9, "queue", "long"));
                return pool;
            });
            awaitThat(() -> {
                var degraded = cluster.condition("bad", "Degraded");
                assertThat(degraded.reason()).isEqualTo("SpecNotUnderstood");
                assertThat(degraded.message()).contains("QueueSpec").contains("long");
            });
        });
        assertThat(cluster.deployment("bad").getSpec().getReplicas()).isEqualTo(3);

        // Also an operator that starts with it, and all that comes later.
        cluster.stopOperator();
        cluster.startOperator();
        cluster.apply("later", "{}");
        cluster.awaitReconciled("later");
        awaitThat(() -> assertThat(cluster.conditionMetric("bad", "Degraded", "SpecNotUnderstood"))
                .isEqualTo(1));
        assertThat(cluster.deployment("bad").getSpec().getReplicas()).isEqualTo(3);

        cluster.admin()
                .genericKubernetesResources("workerpool.dev/v1alpha1", "WorkerPool")
                .inNamespace(cluster.namespace())
                .withName("bad")
                .edit(pool -> {
                    pool.setAdditionalProperty("spec", Map.of("replicas", 4));
                    return pool;
                });
        awaitThat(() -> {
            assertThat(cluster.deployment("bad").getSpec().getReplicas()).isEqualTo(4);
            assertThat(cluster.condition("bad", "Degraded").status()).isEqualTo("False");
        });
    }
}
