package dev.workerpool.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.Operator;
import dev.workerpool.e2e.harness.OperatorTest;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A pool that is deleted leaves nothing behind, whether or not the operator is there to see it. */
@OperatorTest
class DeletionE2E {
    private final TestNamespace namespace;
    private final Operator operator;

    DeletionE2E(TestNamespace namespace, Operator operator) {
        this.namespace = namespace;
        this.operator = operator;
    }

    @AfterAll
    void bringBackTheOperator() {
        operator.scale(1);
    }

    @Test
    void withTheOperatorUp() {
        namespace.pool("short-lived").apply("replicas: 1").awaitSettled().delete();
        awaitNothingLeft();
    }

    @Test
    void withTheOperatorDown() {
        Pool pool = namespace.pool("orphan").apply("replicas: 1").awaitSettled();
        operator.scale(0);
        pool.delete();
        awaitNothingLeft();
        operator.scale(1);
    }

    @Test
    void withItsNamespace() {
        TestNamespace doomed = namespace.another("doomed");
        doomed.pool("short-lived").apply("replicas: 1").awaitSettled();
        namespace
                .cluster()
                .kubectl("delete", "namespace", doomed.name(), "--timeout=60s")
                .out();
    }

    private void awaitNothingLeft() {
        Wait.untilAsserted("nothing is left", () -> assertThat(namespace
                        .kubectl(
                                "get",
                                "workerpools,deployments,replicasets,pods,services,poddisruptionbudgets,networkpolicies",
                                "-o",
                                "name")
                        .out())
                .isEmpty());
    }
}
