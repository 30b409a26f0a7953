package dev.workerpool.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Operator;
import dev.workerpool.e2e.harness.OperatorTest;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pools serve on without the operator; when it is back it knows what happened meanwhile. */
@OperatorTest
class OperatorDeathE2E {
    private final TestNamespace namespace;
    private final Operator operator;
    private Pool pool;

    OperatorDeathE2E(TestNamespace namespace, Operator operator) {
        this.namespace = namespace;
        this.operator = operator;
    }

    @BeforeAll
    void apply() {
        pool = namespace.pool("steady").apply("replicas: 2\nthreads: 1").awaitSettled();
    }

    @AfterAll
    void bringBackTheOperator() {
        operator.scale(1);
    }

    @Test
    void killedItComesBackAndThePodsStay() {
        Set<String> before = pool.podUids();
        try (Load load = Load.modest(pool).awaitAnswers(10)) {
            operator.killHard(operator.pods().getFirst());
            pool.patch("{\"labels\":null,\"service\":{\"port\":8080}}");
            Wait.untilAsserted("a change made while it was away is in force", () -> assertThat(namespace
                            .kubectl("get", "service", "steady", "-o", "jsonpath={.spec.ports[0].port}")
                            .out())
                    .isEqualTo("8080"));
            operator.awaitReady();
            load.awaitAnswers(10).stop().assertNothingFailed();
        }
        assertThat(pool.podUids()).isEqualTo(before);
    }

    @Test
    void aWorkerThatDiesWhileItIsAwayIsRestartedAnywayAndCountedOnReturn() {
        int restarts = pool.status().restarts();
        Pod victim = pool.pods().getFirst();
        String name = victim.getMetadata().getName();
        operator.scale(0);
        namespace.cluster().killHard(victim, "worker");
        Wait.until("the worker runs again", () -> pool.pods().stream()
                .filter(pod -> pod.getMetadata().getName().equals(name))
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .anyMatch(status -> status.getReady() && status.getRestartCount() == 1));
        operator.scale(1);
        Wait.untilAsserted("the status is right again", () -> {
            assertThat(pool.status().restarts()).isEqualTo(restarts + 1);
            assertThat(pool.status().lastDeath().pod()).isEqualTo(name);
            assertThat(pool.status().lastDeath().signal()).isEqualTo("SIGKILL");
            assertThat(pool.status().readyReplicas()).isEqualTo(2);
        });
        pool.awaitEvent("WorkerDied", event -> event.getMessage().contains(name));
    }
}
