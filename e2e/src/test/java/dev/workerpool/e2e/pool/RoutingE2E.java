package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.PortForward;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A request never waits behind a busy replica while another is free, whichever its connection leads to. */
@ClusterTest
class RoutingE2E {
    private final TestNamespace namespace;
    private Pool pool;

    RoutingE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Hold.class));
        pool = namespace
                .pool("routed")
                .apply("replicas: 2\nthreads: 1\ntasks: {artifacts: [{configMap: fixtures}]}")
                .awaitSettled()
                .awaitPeers();
    }

    @Test
    void aBusyReplicaPassesTheRequestToTheFreeOne() throws IOException {
        CompletableFuture<Http.Answer> held = pool.sendInBackground(Http.Request.json("/tasks/hold", "8000"));
        Wait.until("one replica is busy", () -> pool.pods().stream()
                .anyMatch(pod -> pool.management(pod, "/status").contains("\"task\":\"hold\"")));
        // Connections lead to either replica, by chance: of twelve some lead to the busy one.
        for (int i = 0; i < 12; i++) {
            Http.Answer answer = pool.run("primes", "{\"n\":10}");
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(held).as("the run that keeps one replica busy").isNotDone();
        }
        assertThat(held.join().body()).isEqualTo("held");
    }

    @Test
    void aReplicaThatTurnsIdleTakesWhatWaitsAtABusyOne() {
        Pod busy = pool.pods().getFirst();
        Pod soonIdle = pool.pods().getLast();
        try (PortForward toBusy = namespace.portForward(busy);
                PortForward toSoonIdle = namespace.portForward(soonIdle)) {
            CompletableFuture<Http.Answer> held = toBusy.sendInBackground(hold(6000));
            pool.awaitTask(busy, "hold");
            CompletableFuture<Http.Answer> heldShorter = toSoonIdle.sendInBackground(hold(2500));
            pool.awaitTask(soonIdle, "hold");
            CompletableFuture<Http.Answer> waiting = toBusy.sendInBackground(hold(1));
            Wait.until("it waits", () -> pool.metric(busy, "workerpool_queued") == 1);

            Http.Answer answer = waiting.join();

            assertThat(answer.replica()).isEqualTo(soonIdle.getMetadata().getName());
            assertThat(answer.header("Via"))
                    .isEqualTo("1.1 " + busy.getMetadata().getName());
            assertThat(heldShorter).isDone();
            assertThat(held).as("the run that keeps the other busy").isNotDone();
            assertThat(held.join().body()).isEqualTo("held");
        }
    }

    private static Http.Request hold(int millis) {
        return Http.Request.json("/tasks/hold", "" + millis);
    }
}
