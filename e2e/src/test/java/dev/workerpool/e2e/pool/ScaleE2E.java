package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code kubectl scale} changes the number of replicas under load, and no request fails. */
@ClusterTest
class ScaleE2E {
    private final TestNamespace namespace;
    private Pool pool;

    ScaleE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        pool = namespace.pool("elastic").apply("replicas: 1\nthreads: 1").awaitSettled();
    }

    @Test
    void upAndDownLosesNoRequest() {
        try (Load load = Load.modest(pool).awaitAnswers(10)) {
            pool.scale(3).awaitSettled();
            pool.awaitEvent("ScaledUp", event -> event.getMessage().contains("3"));
            load.awaitAnswers(10);
            pool.scale(1).awaitSettled();
            pool.awaitEvent("ScaledDown", event -> event.getMessage().contains("1"));
            load.awaitAnswers(10).stop().assertNothingFailed();
        }
        assertThat(pool.status().restarts()).isZero();
    }

    @Test
    void toZeroAndBack() {
        pool.scale(0).awaitSettled();
        assertThat(pool.condition("Available").status()).isEqualTo("False");
        assertThat(pool.condition("Available").reason()).isEqualTo("ScaledToZero");
        assertThat(pool.condition("Degraded").status()).isEqualTo("False");
        pool.scale(1).awaitSettled();
        assertThat(pool.condition("Available").status()).isEqualTo("True");
        assertThat(pool.run("primes", "{\"n\":10}").body()).isEqualTo("{\"count\":4}");
    }

    @Test
    void theScaleSubresourceTellsAnAutoscalerWhatItNeeds() {
        String scale = namespace
                .kubectl(
                        "get",
                        "--raw",
                        "/apis/workerpool.dev/v1alpha1/namespaces/%s/workerpools/elastic/scale"
                                .formatted(namespace.name()))
                .out();
        assertThat(scale)
                .contains("\"selector\":\"workerpool.dev/pool=elastic\"")
                .contains("\"replicas\":1");
    }
}
