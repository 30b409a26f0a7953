package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.workerpool.e2e.fixtures.Probe;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import io.fabric8.kubernetes.api.model.Volume;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a replica, and so any task in it, cannot do; the namespace enforces the restricted standard besides. */
@ClusterTest
class RestrictedE2E {
    private final TestNamespace namespace;
    private Pool pool;

    RestrictedE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Probe.class));
        pool = namespace
                .pool("restricted")
                .apply("replicas: 1\ntasks: {artifacts: [{configMap: fixtures}]}")
                .awaitSettled();
    }

    @Test
    void itHasNoTokenForTheApi() {
        assertThat(pool.onlyPod().getSpec().getAutomountServiceAccountToken()).isFalse();
        assertThat(pool.onlyPod().getSpec().getVolumes())
                .extracting(Volume::getProjected)
                .containsOnlyNulls();
        String files = namespace
                .kubectl(
                        "exec",
                        pool.onlyPod().getMetadata().getName(),
                        "-c",
                        "worker",
                        "--",
                        "/bin/busybox",
                        "ls",
                        "/var/run/secrets/kubernetes.io")
                .run()
                .err();
        assertThat(files).contains("No such file or directory");
    }

    @Test
    void itRunsAsNobodyWithoutCapabilities() {
        String status = namespace
                .kubectl(
                        "exec",
                        pool.onlyPod().getMetadata().getName(),
                        "-c",
                        "worker",
                        "--",
                        "/bin/busybox",
                        "cat",
                        "/proc/1/status")
                .out();
        assertThat(status.lines().map(line -> line.split("\\s+")).filter(words -> words.length > 1))
                .extracting(words -> words[0], words -> words[1])
                .contains(
                        tuple("Uid:", "65532"),
                        tuple("Gid:", "65532"),
                        tuple("CapEff:", "0000000000000000"),
                        tuple("CapBnd:", "0000000000000000"),
                        tuple("NoNewPrivs:", "1"),
                        tuple("Seccomp:", "2"));
    }

    @ParameterizedTest
    @CsvSource({"/written-by-a-task, refused", "/tasks/0/planted.jar, refused", "/tmp/scratch, written"})
    void tasksWriteNowhereButToTmp(String path, String outcome) {
        byte[] body = path.getBytes(StandardCharsets.UTF_8);
        assertThat(pool.send(Http.Request.bytes("/tasks/probe", "text/plain", body))
                        .body())
                .isEqualTo(outcome);
    }
}
