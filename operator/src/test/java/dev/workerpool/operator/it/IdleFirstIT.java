package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Before the Deployment is told to keep fewer replicas, their pods say what losing them would cost. */
@ExtendWith(ApiServer.class)
class IdleFirstIT {

    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";

    @AutoClose
    private Cluster cluster;

    @BeforeEach
    void startOperator(ApiServer.Running server) {
        cluster = new Cluster(server).startOperator();
    }

    @Test
    void writesTheLoadOfEachReplicaWhenThePoolIsScaledInAndNotBefore() {
        Instant since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        try (var busy = new FakeReplica(4, 3);
                var idle = new FakeReplica(4, 0);
                var late = new FakeReplica(4, 1)) {
            cluster.apply("thumbnails", "{replicas: 4}");
            cluster.awaitReconciled("thumbnails");
            for (String suffix : new String[] {"busy", "idle", "late", "silent"}) {
                cluster.createPod("thumbnails", suffix);
            }
            cluster.setPodStatus("thumbnails-busy", busy.ready(since));
            cluster.setPodStatus("thumbnails-idle", idle.ready(since));
            cluster.setPodStatus("thumbnails-late", late.ready(since));
            cluster.setPodStatus("thumbnails-silent", busy.ready(since).at(Loopback.next()));
            awaitThat(() -> assertThat(cluster.pool("thumbnails").getStatus().readyReplicas())
                    .isEqualTo(4));
            assertThat(annotations("busy")).doesNotContainKey(COST);
            awaitThat(() -> assertThat(cluster.metric("workerpool_pool_active", "thumbnails"))
                    .isEqualTo(4));
            late.close();

            cluster.apply("thumbnails", "{replicas: 1}");

            awaitThat(
                    () -> assertThat(cluster.deployment("thumbnails").getSpec().getReplicas())
                            .isEqualTo(1));
            // Written before the Deployment, so all is there now.
            assertThat(annotations("idle")).containsEntry(COST, "0");
            assertThat(annotations("busy")).containsEntry(COST, "3");
            assertThat(annotations("late")).as("by its last word").containsEntry(COST, "1");
            assertThat(annotations("silent")).containsEntry(COST, "1000000");
        }
    }

    @Test
    void aScaleInThatIsNotTakenDoesNotHaveThePodsWrittenWithEachAttempt(ApiServer.Running server) throws Exception {
        cluster.stopOperator();
        try (var api = new FaultyApi(server.config());
                var busy = new FakeReplica(4, 3);
                var idle = new FakeReplica(4, 0)) {
            cluster.startOperator(api.config(), cluster.requests());
            cluster.apply("thumbnails", "{replicas: 2}");
            cluster.awaitReconciled("thumbnails");
            cluster.createPod("thumbnails", "busy");
            cluster.createPod("thumbnails", "idle");
            cluster.setPodStatus("thumbnails-busy", busy.ready(Instant.now()));
            cluster.setPodStatus("thumbnails-idle", idle.ready(Instant.now()));
            awaitThat(() -> assertThat(cluster.pool("thumbnails").getStatus().readyReplicas())
                    .isEqualTo(2));

            var refused = new AtomicInteger();
            api.fail(request -> {
                // Whoever is asked says something else each time.
                busy.active(refused.get() + 3);
                boolean isDeployment = request.getRequestURI().getPath().endsWith("/deployments/thumbnails");
                return isDeployment && refused.incrementAndGet() > 0 ? 500 : 0;
            });
            cluster.apply("thumbnails", "{replicas: 1}");
            awaitThat(() -> assertThat(refused).hasValueGreaterThan(7));

            assertThat(cluster.requests().writes())
                    .filteredOn(write -> write.endsWith("/pods/thumbnails-busy"))
                    .as("writes of its cost")
                    .hasSizeBetween(1, 2);
            api.recover();
            awaitThat(
                    () -> assertThat(cluster.deployment("thumbnails").getSpec().getReplicas())
                            .isEqualTo(1));
        }
    }

    private Map<String, String> annotations(String suffix) {
        return cluster.pod("thumbnails-" + suffix).getMetadata().getAnnotations();
    }
}
