package dev.workerpool.e2e.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.Cluster;
import dev.workerpool.e2e.harness.Operator;
import dev.workerpool.e2e.harness.OperatorTest;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Installed without Helm, by {@code kubectl apply} alone. */
@OperatorTest
class ManifestE2E {
    private final TestNamespace namespace;
    private final Operator operator;
    private final Cluster cluster;

    ManifestE2E(TestNamespace namespace, Operator operator, Cluster cluster) {
        this.namespace = namespace;
        this.operator = operator;
        this.cluster = cluster;
    }

    @AfterAll
    void backToHelm() {
        cluster.kubectl(
                        "delete",
                        "--ignore-not-found",
                        "-f",
                        cluster.settings().installManifest().toString())
                .out();
        operator.install();
    }

    @Test
    void twoFilesAppliedGiveAPoolThatWorks() {
        operator.uninstall();
        cluster.kubectl("delete", "crd", "workerpools.workerpool.dev").out();
        cluster.kubectl("delete", "namespace", Operator.NAMESPACE).out();

        cluster.kubectl(
                        "apply",
                        "-f",
                        cluster.settings().crds().toString(),
                        "-f",
                        cluster.settings().installManifest().toString())
                .out();
        operator.awaitReady();

        Pool pool = namespace.pool("by-hand").apply("replicas: 1\nthreads: 1").awaitSettled();
        assertThat(pool.run("primes", "{\"n\":10}").body()).isEqualTo("{\"count\":4}");
        pool.delete();
    }
}
