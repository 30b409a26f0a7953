package dev.workerpool.e2e.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Exit;
import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code System.exit} in a task ends its thread and nothing else, and the caller reads what Node's would. */
@ClusterTest
class SystemExitE2E {
    private final TestNamespace namespace;
    private Pool pool;

    SystemExitE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Exit.class, Hold.class));
        pool = namespace
                .pool("exits")
                .apply("threads: 3\ntasks: {artifacts: [{configMap: fixtures}]}")
                .awaitSettled();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 42})
    void endsTheThreadNotTheProcess(int code) {
        Set<String> pods = pool.podUids();
        CompletableFuture<Http.Answer> neighbour = pool.sendInBackground(Http.Request.json("/tasks/hold", "1500"));
        try (Load load = Load.modest(pool).awaitAnswers(5)) {
            Http.Answer answer = pool.run("exit", Integer.toString(code));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(500);
            assertThat(answer.body())
                    .contains("urn:workerpool:problem:worker-stopped")
                    .contains("Worker stopped with exit code " + code)
                    .contains("\"exitCode\":" + code);
            load.awaitAnswers(5).stop().assertNothingFailed();
        }
        assertThat(neighbour.join().body()).isEqualTo("held");
        assertThat(pool.podUids()).isEqualTo(pods);
        assertThat(pool.onlyPod().getStatus().getContainerStatuses().getFirst().getRestartCount())
                .as("restarts of the container")
                .isZero();
        assertThat(pool.sendAtOnce(3, Http.Request.json("/tasks/hold", "500")))
                .as("all three threads are there")
                .extracting(Http.Answer::thread)
                .containsExactlyInAnyOrder(1, 2, 3);
    }
}
