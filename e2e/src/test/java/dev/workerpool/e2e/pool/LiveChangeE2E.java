package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Notice;
import dev.workerpool.e2e.fixtures.Setting;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Settings reach the running replicas under load: the pods stay, and no request fails. */
@ClusterTest
class LiveChangeE2E {
    private final TestNamespace namespace;
    private Pool pool;

    LiveChangeE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Notice.class, Setting.class));
        pool = namespace.pool("live").apply("""
                        replicas: 2
                        threads: 1
                        config: {quality: "80"}
                        resources: {requests: {cpu: 50m}, limits: {cpu: "1"}}
                        tasks: {artifacts: [{configMap: fixtures}]}
                        """).awaitSettled();
    }

    @Test
    void threads() {
        change("{\"threads\":2}");
        assertThat(pool.status().threads()).isEqualTo(4);
    }

    @Test
    void config() {
        change("{\"config\":{\"quality\":\"95\"}}");
        byte[] key = "quality".getBytes(StandardCharsets.UTF_8);
        assertThat(pool.send(Http.Request.bytes("/tasks/setting", "text/plain", key))
                        .body())
                .isEqualTo("95");
    }

    @Test
    void aRunningTaskIsToldOfTheNewConfig() {
        CompletableFuture<Http.Answer> noticing = pool.sendInBackground(
                Http.Request.bytes("/tasks/notice", "text/plain", "size".getBytes(StandardCharsets.UTF_8)));
        Wait.until("it runs", () -> pool.pods().stream()
                .anyMatch(pod -> pool.management(pod, "/status").contains("\"task\":\"notice\"")));
        change("{\"config\":{\"size\":\"large\"}}");
        assertThat(noticing.join().body()).isEqualTo("large");
    }

    @Test
    void cpu() {
        change("{\"resources\":{\"limits\":{\"cpu\":\"1500m\"}}}");
        Wait.untilAsserted(
                "the node has given it", () -> assertThat(pool.pods()).allSatisfy(pod -> assertThat(pod.getStatus()
                                .getContainerStatuses()
                                .getFirst()
                                .getResources()
                                .getLimits()
                                .get("cpu"))
                        .isEqualTo(new Quantity("1500m"))));
    }

    @Test
    void aReplicaThatStartsLaterRunsTheNewest() {
        change("{\"queue\":{\"capacity\":77}}");
        pool.patch("{\"replicas\":3}").awaitSettled();
        assertThat(pool.status().settings().replicas()).isEqualTo(3);
        assertThat(pool.status().settings().pending()).isZero();
        pool.patch("{\"replicas\":2}").awaitSettled();
    }

    private void change(String spec) {
        Set<String> before = pool.podUids();
        try (Load load = Load.modest(pool).awaitAnswers(10)) {
            pool.patch(spec).awaitSettled();
            load.awaitAnswers(10).stop().assertNothingFailed();
        }
        assertThat(pool.podUids()).containsAll(before);
        assertThat(pool.status().settings().pending()).isZero();
        assertThat(pool.status().restarts()).isZero();
    }
}
