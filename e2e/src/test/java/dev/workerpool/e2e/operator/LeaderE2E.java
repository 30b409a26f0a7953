package dev.workerpool.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.Operator;
import dev.workerpool.e2e.harness.OperatorTest;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Of two operators one works; when it goes the other takes over, and the pools notice nothing. */
@OperatorTest
class LeaderE2E {
    private static final Duration TAKEOVER = Duration.ofSeconds(20);

    private final TestNamespace namespace;
    private final Operator operator;
    private Pool pool;

    LeaderE2E(TestNamespace namespace, Operator operator) {
        this.namespace = namespace;
        this.operator = operator;
    }

    @BeforeAll
    void twoOperators() {
        pool = namespace.pool("led").apply("replicas: 1").awaitSettled();
        operator.install("replicas=2");
        Wait.untilAsserted("there are two", () -> assertThat(operator.pods()).hasSize(2));
    }

    @AfterAll
    void oneOperator() {
        operator.install();
    }

    @Test
    void aLeaderThatIsToldToGoHandsOver() {
        String leader = operator.leader().getMetadata().getName();
        handsOver(leader, () -> operator.kubectl("delete", "pod", leader, "--wait=false")
                .out());
    }

    @Test
    void aLeaderThatIsKilledIsReplaced() {
        String leader = operator.leader().getMetadata().getName();
        // Its container must stay down, or the same pod would take the lease again: a pod without grace is gone at
        // once.
        handsOver(leader, () -> operator.kubectl("delete", "pod", leader, "--grace-period=0", "--force")
                .out());
    }

    @Test
    void aLeaderThatIsFrozenIsReplacedAndWritesNothingOnceItThaws() {
        Pod frozen = operator.leader();
        int port = pool.get().getSpec().service().port();
        // In the middle of this, with some luck: then it wakes up with a write at hand that is of yesterday.
        pool.patch("{\"service\":{\"port\":%d}}".formatted(port + 1));
        namespace.cluster().freeze(frozen);
        Map<String, String> written;
        String leader;
        try {
            Instant start = Instant.now();
            pool.patch("{\"service\":{\"port\":%d}}".formatted(port + 2));
            leader = operator.leaderAfter(frozen.getMetadata().getName())
                    .getMetadata()
                    .getName();
            assertThat(Duration.between(start, Instant.now())).isLessThan(TAKEOVER);
            Wait.untilAsserted("what came in meanwhile is done", () -> assertThat(servicePort())
                    .isEqualTo(port + 2));
            pool.awaitSettled();
            written = namespace.awaitQuiet();
        } finally {
            namespace.cluster().thaw(frozen);
        }
        Wait.untilAsserted("it knows that it leads no longer", () -> assertThat(operator.log(frozen))
                .contains("This operator leads no longer"));
        operator.awaitReady();

        assertThat(operator.leader().getMetadata().getName()).isEqualTo(leader);
        assertThat(servicePort()).isEqualTo(port + 2);
        assertThat(namespace.resourceVersions()).isEqualTo(written);
        assertThat(operator.pods())
                .flatExtracting(pod -> pod.getStatus().getContainerStatuses())
                .extracting(ContainerStatus::getRestartCount)
                .containsOnly(0);
    }

    private void handsOver(String leader, Runnable end) {
        Set<String> before = pool.podUids();
        int port = pool.get().getSpec().service().port();
        Instant start = Instant.now();
        end.run();
        pool.patch("{\"service\":{\"port\":%d}}".formatted(port + 1));
        operator.leaderAfter(leader);
        Duration took = Duration.between(start, Instant.now());
        System.out.printf("The lead passed on after %.1f s%n", took.toMillis() / 1e3);
        assertThat(took).isLessThan(TAKEOVER);
        Wait.untilAsserted("what came in meanwhile is done", () -> assertThat(servicePort())
                .isEqualTo(port + 1));
        assertThat(pool.podUids()).isEqualTo(before);
        operator.awaitReady();
        Wait.untilAsserted(
                "there are two again", () -> assertThat(operator.pods()).hasSize(2));
    }

    private int servicePort() {
        return Integer.parseInt(namespace
                .kubectl("get", "service", "led", "-o", "jsonpath={.spec.ports[0].port}")
                .out());
    }
}
