package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A change that replaces the pods does so under load without one failed request on connections that stay open. */
@ClusterTest
class RollingChangeE2E {
    private final TestNamespace namespace;
    private Pool pool;

    RollingChangeE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        pool = namespace.pool("rolling").apply("""
                        replicas: 2
                        threads: 1
                        """).awaitSettled();
    }

    @Test
    void image() {
        String next = namespace.cluster().tagWorkerImage("next");
        change("{\"image\":\"" + next + "\"}");
        assertThat(pool.pods()).extracting(RollingChangeE2E::image).containsOnly(next);
    }

    @Test
    void resources() {
        change("{\"resources\":{\"limits\":{\"memory\":\"320Mi\"}}}");
        assertThat(pool.pods())
                .extracting(pod -> pod.getSpec()
                        .getContainers()
                        .getFirst()
                        .getResources()
                        .getLimits()
                        .get("memory")
                        .toString())
                .containsOnly("320Mi");
    }

    private void change(String spec) {
        Set<String> before = pool.podUids();
        try (Load load = Load.modest(pool).awaitAnswers(10)) {
            pool.patch(spec).awaitSettled();
            load.awaitAnswers(10).stop().assertNothingFailed();
        }
        assertThat(pool.podUids()).hasSize(2).doesNotContainAnyElementsOf(before);
        assertThat(pool.status().restarts()).isZero();
    }

    private static String image(Pod pod) {
        return pod.getSpec().getContainers().getFirst().getImage();
    }
}
