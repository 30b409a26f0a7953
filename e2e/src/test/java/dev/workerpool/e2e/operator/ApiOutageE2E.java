package dev.workerpool.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.workerpool.e2e.harness.Cluster;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Operator;
import dev.workerpool.e2e.harness.OperatorTest;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The API server answers nobody for a minute: pools serve on, and afterwards the operator does too. */
@OperatorTest
class ApiOutageE2E {
    private static final Duration OUTAGE = Duration.ofSeconds(60);

    private final TestNamespace namespace;
    private final Operator operator;
    private final Cluster cluster;

    ApiOutageE2E(TestNamespace namespace, Operator operator) {
        this.namespace = namespace;
        this.operator = operator;
        this.cluster = namespace.cluster();
    }

    @Test
    void onlyWhatAKilledWorkerExecutesIsLostAndNobodyHasToBeRestarted() throws InterruptedException {
        assumeTrue(cluster.canFreezeApiServer(), "the API server is a process of its own");
        Pool pool = namespace
                .pool("cut-off")
                .apply("replicas: 2\nthreads: 1")
                .awaitSettled()
                .awaitPeers();
        Set<String> replicas = pool.podUids();
        Pod victim = pool.pods().getFirst();
        Pod operatorPod = operator.pods().getFirst();

        try (Load load = Load.modest(pool).awaitAnswers(10)) {
            cluster.freezeApiServer();
            try {
                load.awaitAnswers(20);
                cluster.killWorker(victim);
                load.awaitAnswers(20);
                Thread.sleep(OUTAGE);
                load.awaitAnswers(20);
            } finally {
                cluster.thawApiServer();
            }

            pool.patch("{\"service\":{\"port\":8080}}");
            Wait.untilAsserted("a change made afterwards is in force", () -> assertThat(namespace
                            .kubectl("get", "service", "cut-off", "-o", "jsonpath={.spec.ports[0].port}")
                            .out())
                    .isEqualTo("8080"));
            Wait.untilAsserted(
                    "the death meanwhile is counted",
                    () -> assertThat(pool.status().restarts()).isEqualTo(1));
            pool.awaitSettled();
            Load.Tally tally = load.awaitAnswers(10).stop();
            assertThat(tally.failures()).hasSizeLessThanOrEqualTo(1).allMatch(Load.Failure::wasUnderWayAtADeath);
            assertThat(tally.unreachable()).as("connections refused").isZero();
        }

        assertThat(pool.podUids()).isEqualTo(replicas);
        operator.awaitReady();
        assertThat(operator.pods()).singleElement().satisfies(pod -> {
            assertThat(pod.getMetadata().getUid())
                    .isEqualTo(operatorPod.getMetadata().getUid());
            assertThat(pod.getStatus().getContainerStatuses().getFirst().getRestartCount())
                    .isEqualTo(operatorPod
                            .getStatus()
                            .getContainerStatuses()
                            .getFirst()
                            .getRestartCount());
        });
    }
}
