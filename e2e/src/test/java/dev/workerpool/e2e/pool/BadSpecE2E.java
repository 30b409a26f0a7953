package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Command;
import dev.workerpool.e2e.harness.TestNamespace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code kubectl apply} refuses a bad spec and says which field broke which rule. */
@ClusterTest
class BadSpecE2E {
    private final TestNamespace namespace;

    BadSpecE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            replicas: -1                                            | spec.replicas                 | greater than or equal to 0
            threads: 513                                            | spec.threads                  | less than or equal to 512
            threads: many                                           | spec.threads                  | must be of type integer
            queue: {capacity: 100001}                               | spec.queue.capacity           | less than or equal to 100000
            queue: {maxWait: 2h}                                    | spec.queue.maxWait            | 0s to 1h
            tasks: {timeout: 90}                                    | spec.tasks.timeout            | must be of type string
            tasks: {timeout: 1.5s}                                  | spec.tasks.timeout            | from 1ms to 24h
            tasks: {maxBodySize: 2Gi}                               | spec.tasks.maxBodySize        | from 1Ki to 1Gi
            tasks: {isolation: PerTask}                             | spec.tasks.isolation          | "PerThread", "Shared"
            tasks: {artifacts: [{image: a, configMap: b}]}          | spec.tasks.artifacts[0]       | exactly one of image, configMap and persistentVolumeClaim
            image: ""                                               | spec.image                    | image
            resources: {limits: {nvidia.com/gpu: 1}}                | spec.resources.limits         | unknown field
            service: {type: ExternalName}                           | spec.service.type             | "ClusterIP", "LoadBalancer", "NodePort"
            service: {nodePort: 31999}                              | spec.service.nodePort         | only with type NodePort or LoadBalancer
            access: {tls: {}}                                       | spec.access.tls.secretName    | Required value
            access: {tokens: {secretName: Thumbnails}}              | spec.access.tokens.secretName | must be the name of a Secret
            drain: {timeout: 0s}                                    | spec.drain.timeout            | from 1s to 1h
            env: [{name: LD_PRELOAD, value: /tmp/x.so}]             | spec.env                      | LD_
            autoscaling: {minReplicas: 1}                           | spec.autoscaling.maxReplicas  | Required value
            hostNetwork: true                                       | spec.hostNetwork              | unknown field
            serviceAccountName: default                             | spec.serviceAccountName       | unknown field
            """)
    void isRefused(String spec, String field, String rule) {
        assertRefused("bad", spec, field, rule);
    }

    @Test
    void aNameThatNoServiceCanBear() {
        assertRefused("7up", "replicas: 1", "metadata.name", "at most 52 characters");
        assertRefused("a".repeat(53), "replicas: 1", "metadata.name", "at most 52 characters");
    }

    private void assertRefused(String name, String spec, String field, String rule) {
        Command.Result result = namespace
                .kubectl("apply", "-f", "-")
                .input("""
                        apiVersion: workerpool.dev/v1alpha1
                        kind: WorkerPool
                        metadata: {name: %s}
                        spec:
                          %s
                        """.formatted(name, spec))
                .run();
        assertThat(result.exitCode())
                .as("exit code of kubectl apply: %s", result.out())
                .isNotZero();
        assertThat(result.err()).contains(field).contains(rule);
        assertThat(namespace.kubectl("get", "workerpool", name).run().exitCode())
                .isNotZero();
    }
}
