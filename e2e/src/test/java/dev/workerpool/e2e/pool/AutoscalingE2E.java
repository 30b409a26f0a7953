package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The number of replicas follows the load, up and down again, and no request fails. */
@ClusterTest
class AutoscalingE2E {
    private final TestNamespace namespace;

    AutoscalingE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @Test
    void aPoolGrowsUnderLoadAndShrinksAfterIt() {
        Pool pool = namespace.pool("breathing").apply("""
                        threads: 1
                        autoscaling: {maxReplicas: 2, stableWindow: 6s, panicWindow: 2s, scaleInDelay: 0s}
                        """).awaitSettled();
        Http.Request work = Http.Request.json("/tasks/fibonacci", "{\"n\":32}");

        try (Load load = Load.of(pool, work, 4, Duration.ofMillis(1)).awaitAnswers(10)) {
            pool.awaitEvent("ScaledUp", event -> event.getMessage().contains("tasks in flight"));
            Wait.untilAsserted("two replicas work", () -> {
                assertThat(pool.status().desiredReplicas()).isEqualTo(2);
                assertThat(pool.status().readyReplicas()).isEqualTo(2);
            });
            assertThat(pool.status().autoscaling().advisedReplicas()).isEqualTo(2);
            load.awaitAnswers(10).stop().assertNothingFailed();
        }

        try (Load load = Load.modest(pool).awaitAnswers(10)) {
            pool.awaitEvent("ScaledDown");
            pool.awaitSettled();
            load.awaitAnswers(10).stop().assertNothingFailed();
        }
        assertThat(pool.get().getSpec().replicas()).as("the spec is the user's").isEqualTo(1);
    }
}
