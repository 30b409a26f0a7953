package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.PortForward;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
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
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Hold.class));
        pool = namespace
                .pool("elastic")
                .apply("replicas: 1\nthreads: 1\ntasks: {artifacts: [{configMap: fixtures}]}")
                .awaitSettled();
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
    void whoIsBusyStaysWhileOthersAreIdle() {
        pool.scale(4).awaitSettled();
        // Kubernetes takes the youngest first: left to itself it would not keep this one.
        Pod busy = pool.pods().stream()
                .max(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
                .orElseThrow();
        try (PortForward forward = namespace.portForward(busy)) {
            CompletableFuture<Http.Answer> held = forward.sendInBackground(Http.Request.json("/tasks/hold", "8000"));
            pool.awaitTask(busy, "hold");

            pool.scale(1);
            Wait.untilAsserted("the others leave", () -> assertThat(pool.pods())
                    .extracting(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                    .containsOnlyOnce(true));

            assertThat(pool.pods())
                    .filteredOn(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                    .extracting(pod -> pod.getMetadata().getUid())
                    .containsExactly(busy.getMetadata().getUid());
            pool.awaitSettled();
            assertThat(held.join().body()).isEqualTo("held");
            assertThat(held.join().replica()).isEqualTo(busy.getMetadata().getName());
        }
        assertThat(pool.podUids()).containsExactly(busy.getMetadata().getUid());
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
