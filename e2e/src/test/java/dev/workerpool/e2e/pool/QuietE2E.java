package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Once pools are settled nobody writes anything, however much is set and however much they have to do. */
@ClusterTest
class QuietE2E {
    /** Twice as long as the regular things take that an operator does: renew, ask, look again. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    /** With one client, one at a time: more than one thread is to bear, and less than two. */
    private static final Http.Request FOR_TWO_THREADS = Http.Request.json("/tasks/hold", "300");

    private final TestNamespace namespace;

    QuietE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @Test
    void nothingIsWrittenForPoolsThatAreSettledAndAtWork() throws InterruptedException {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Hold.class));
        Pool complete = everyFieldSet();
        Pool breathing = namespace.pool("breathing").apply("""
                        threads: 1
                        tasks: {artifacts: [{configMap: fixtures}]}
                        autoscaling: {maxReplicas: 4, stableWindow: 6s, panicWindow: 2s, scaleInDelay: 0s}
                        """).awaitSettled();
        namespace.apply("""
                        apiVersion: workerpool.dev/v1alpha1
                        kind: WorkerPool
                        metadata: {name: inside}
                        spec:
                          replicas: 0
                          service: {allowedNamespaces: [kube-system, default]}
                          access: {tls: {secretName: some-tls}, tokens: {secretName: some-tokens}}
                        """);

        try (Load load = Load.modest(complete).awaitAnswers(10);
                Load steady = Load.of(breathing, FOR_TWO_THREADS, 1, Duration.ofMillis(1))) {
            Wait.untilAsserted(
                    "as many replicas as it needs",
                    () -> assertThat(breathing.status().readyReplicas()).isEqualTo(2));
            Map<String, String> settled = namespace.awaitQuiet();
            Thread.sleep(SILENCE);
            assertThat(namespace.resourceVersions()).isEqualTo(settled);
            load.awaitAnswers(10).stop().assertNothingFailed();
            steady.awaitAnswers(10).stop().assertNothingFailed();
        }
    }

    /** Some values are written otherwise than Kubernetes would: what it makes of them must not look like a difference. */
    private Pool everyFieldSet() {
        return namespace
                .pool("complete")
                .apply("""
                        replicas: 2
                        threads: 2
                        queue: {capacity: 100, maxWait: 5000ms}
                        tasks:
                          artifacts: [{configMap: fixtures}]
                          timeout: 20s
                          maxAllocation: 0.5Gi
                          maxBodySize: 1024Ki
                          sharedMemory: 1024Ki
                          isolation: PerThread
                        runs: {retention: 60s, retentionSize: 1024Ki}
                        config: {quality: "80", nothing: ""}
                        image: %s
                        imagePullPolicy: IfNotPresent
                        resources:
                          requests: {cpu: "0.05", memory: 262144Ki}
                          limits: {cpu: 1000m, memory: 0.5Gi}
                        drain: {timeout: 60s}
                        scheduling:
                          nodeSelector: {kubernetes.io/os: linux}
                          tolerations:
                          - {key: spot, operator: Exists, effect: NoExecute, tolerationSeconds: 60}
                          - {key: team, value: images}
                          topologySpread: [{topologyKey: kubernetes.io/hostname, maxSkew: 1, whenUnsatisfiable: DoNotSchedule}]
                        env: [{name: NOTHING, value: ""}, {name: SOMETHING, value: "else"}]
                        labels: {team: images, example.com/nothing: ""}
                        """.formatted(namespace.cluster().settings().workerImage()))
                .patch("{\"service\":{\"port\":8088}}")
                .awaitSettled();
    }
}
