package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import org.junit.jupiter.api.Test;

/** An object of somebody else that bears the pool's name is not touched; the pool says that it is in the way. */
@ClusterTest
class NameConflictE2E {
    private static final String FOREIGN = """
            apiVersion: v1
            kind: Service
            metadata: {name: taken, labels: {owner: somebody}}
            spec: {selector: {app: somebody}, ports: [{port: 80}]}
            """;

    private final TestNamespace namespace;

    NameConflictE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @Test
    void aForeignServiceIsLeftAloneAndOnceItIsGoneThePoolComesUp() {
        namespace.apply(FOREIGN);
        String before = service();
        Pool pool = namespace.pool("taken").apply("replicas: 1");

        assertThat(pool.awaitCondition("Degraded", "True"))
                .satisfies(condition -> assertThat(condition.reason()).isEqualTo("NameConflict"))
                .satisfies(condition -> assertThat(condition.message()).contains("Service", "taken"));
        assertThat(service()).isEqualTo(before);

        namespace.kubectl("delete", "service", "taken").out();
        pool.awaitSettled();
        assertThat(pool.condition("Degraded").status()).isEqualTo("False");
    }

    private String service() {
        return namespace.kubectl("get", "service", "taken", "-o", "yaml").out();
    }
}
