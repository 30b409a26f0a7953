package dev.workerpool.e2e.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Command;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A replica that has to go finishes what it accepted, and the next one comes first. */
@ClusterTest
class DrainE2E {
    private final TestNamespace namespace;
    private Pool pool;

    DrainE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Hold.class));
        pool = namespace
                .pool("leaving")
                .apply("replicas: 2\nthreads: 2\ntasks: {artifacts: [{configMap: fixtures}]}")
                .awaitSettled();
    }

    @Test
    void deletingAPodUnderLoadLosesNothing() {
        try (Load load = Load.modest(pool).awaitAnswers(10)) {
            CompletableFuture<Http.Answer> longRun = pool.sendInBackground(Http.Request.json("/tasks/hold", "6000"));
            Pod busy = Wait.forPresent("a replica holds the long run", this::holder);
            String name = busy.getMetadata().getName();

            namespace.kubectl("delete", "pod", name).out();

            assertThat(longRun.join().body()).isEqualTo("held");
            assertThat(longRun.join().replica()).isEqualTo(name);
            pool.awaitEvent("WorkerDraining", event -> event.getMessage().contains(name));
            pool.awaitEvent("WorkerExited", event -> event.getMessage().contains(name));
            pool.awaitSettled();
            load.awaitAnswers(10).stop().assertNothingFailed();
        }
        assertThat(pool.status().restarts()).as("leaving in order is no death").isZero();
        assertThat(pool.events("WorkerDied")).isEmpty();
    }

    @Test
    void evictionTakesOneReplicaAtATime() {
        pool.awaitSettled();
        Pod first = pool.pods().get(0);
        Pod second = pool.pods().get(1);
        try (Load load = Load.modest(pool).awaitAnswers(10)) {
            assertThat(evict(first).exitCode()).isZero();
            Command.Result refused = evict(second);
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.err()).contains("disruption budget");
            pool.awaitSettled();
            load.awaitAnswers(10).stop().assertNothingFailed();
        }
        assertThat(pool.podUids()).contains(second.getMetadata().getUid());
    }

    private Optional<Pod> holder() {
        return pool.pods().stream()
                .filter(pod -> pool.management(pod, "/status").contains("\"task\":\"hold\""))
                .findFirst();
    }

    private Command.Result evict(Pod pod) {
        String name = pod.getMetadata().getName();
        return namespace
                .kubectl(
                        "create",
                        "--raw",
                        "/api/v1/namespaces/%s/pods/%s/eviction".formatted(namespace.name(), name),
                        "-f",
                        "-")
                .input("""
                        {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "%s", "namespace": "%s"}}
                        """.formatted(name, namespace.name()))
                .run();
    }
}
