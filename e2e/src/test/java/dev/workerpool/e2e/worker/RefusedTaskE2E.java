package dev.workerpool.e2e.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.RefusedTask;
import dev.workerpool.e2e.fixtures.Crash;
import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import org.junit.jupiter.api.Test;

/** A task type that was running each time its worker died is refused, but not for what was done to it from outside. */
@ClusterTest
class RefusedTaskE2E {
    private final TestNamespace namespace;

    RefusedTaskE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @Test
    void aTaskTypeThatCrashesItsWorkerThreeTimesIsRefused() {
        Pool pool = pool("wary");

        for (int death = 1; death <= 3; death++) {
            pool.awaitSettled();
            assertThat(pool.run("crash", "32768").body()).contains("worker-stopped");
            awaitDeaths(pool, death);
        }

        pool.awaitEvent("TaskRefused", event -> event.getMessage().contains("crash"));
        assertThat(pool.status().refusedTasks()).extracting(RefusedTask::type).containsExactly("crash");
        assertThat(pool.status().lastDeath().message()).isEqualTo("executing crash");
        assertThat(pool.awaitCondition("Degraded", "True").reason()).isEqualTo("TaskRefused");
        pool.awaitSettled();
        Wait.untilAsserted("the replica knows", () -> {
            Http.Answer refused = pool.run("crash", "32768");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body()).contains("urn:workerpool:problem:task-refused");
        });
        assertThat(pool.run("primes", "{\"n\":10}").body()).isEqualTo("{\"count\":4}");
    }

    @Test
    void whatAWorkerExecutesWhenItIsKilledFromOutsideIsNotToBlame() {
        Pool pool = pool("killed");

        for (int death = 1; death <= 4; death++) {
            pool.awaitSettled();
            Pod victim = pool.onlyPod();
            pool.sendInBackground(Http.Request.json("/tasks/hold", "20000"));
            Wait.until("it holds", () -> pool.management(victim, "/status").contains("\"task\":\"hold\""));
            namespace.cluster().killWorker(victim);
            awaitDeaths(pool, death);
            assertThat(pool.status().lastDeath().message()).isEqualTo("executing hold");
        }

        assertThat(pool.status().refusedTasks()).isNullOrEmpty();
        assertThat(pool.run("hold", "1").status()).isEqualTo(200);
    }

    private Pool pool(String name) {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Hold.class, Crash.class));
        return namespace
                .pool(name)
                .apply("replicas: 1\nthreads: 1\ntasks: {artifacts: [{configMap: fixtures}]}")
                .awaitSettled();
    }

    private static void awaitDeaths(Pool pool, int deaths) {
        Wait.untilAsserted(
                "death " + deaths + " is counted",
                () -> assertThat(pool.status().restarts()).isEqualTo(deaths));
    }
}
