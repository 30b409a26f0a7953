package dev.workerpool.e2e.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Runs that nobody waits for outlive the replicas that were given them: over, active or waiting. */
@ClusterTest
class HandOverE2E {
    private final TestNamespace namespace;

    HandOverE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @Test
    void runsOutliveARollingUpdateAndAScaleIn() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Hold.class));
        Pool pool = namespace
                .pool("heirs")
                .apply("replicas: 2\nthreads: 1\nqueue: {maxWait: 2m}\ntasks: {artifacts: [{configMap: fixtures}]}")
                .awaitSettled();
        Set<String> before = pool.podUids();
        List<String> over = submit(pool, 6, "fibonacci", "{\"n\":20}");
        over.forEach(run -> awaitResult(pool, run, "{\"value\":6765}"));
        List<String> underWay = submit(pool, 10, "hold", "2500");

        pool.patch("{\"labels\": {\"rolled\": \"once\"}}").awaitSettled();

        assertThat(pool.podUids()).doesNotContainAnyElementsOf(before);
        over.forEach(run -> awaitResult(pool, run, "{\"value\":6765}"));
        underWay.forEach(run -> awaitResult(pool, run, "held"));

        pool.scale(1).awaitSettled();
        Wait.untilAsserted("one replica is left", () -> assertThat(pool.pods()).hasSize(1));
        over.forEach(run -> awaitResult(pool, run, "{\"value\":6765}"));
        underWay.forEach(run -> awaitResult(pool, run, "held"));
    }

    private static List<String> submit(Pool pool, int many, String task, String input) {
        var runs = new ArrayList<String>();
        for (int i = 0; i < many; i++) {
            Http.Answer answer =
                    pool.send(Http.Request.json("/tasks/" + task, input).with("Prefer", "respond-async"));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
            runs.add(answer.header("Location"));
        }
        return runs;
    }

    private static void awaitResult(Pool pool, String run, String result) {
        Wait.untilAsserted("the result of " + run, () -> {
            Http.Answer answer = pool.send(Http.Request.get(run + "/result"));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(result);
        });
    }
}
