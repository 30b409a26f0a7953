package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.apiserver.ApiServer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From the load that replicas tell to the number the Deployment is told. */
@ExtendWith(ApiServer.class)
class AutoscalingIT {

    private static final String FAST = "stableWindow: 6s, panicWindow: 1s, scaleInDelay: 0s";

    @AutoClose
    private Cluster cluster;

    @BeforeEach
    void startOperator(ApiServer.Running server) {
        cluster = new Cluster(server).startOperator();
    }

    @Test
    void followsTheLoadAndSaysWhyAndLeavesTheSpecAlone() {
        try (var replica = new FakeReplica(4, 14)) {
            cluster.apply("thumbnails", "{autoscaling: {maxReplicas: 9, " + FAST + "}}");
            runOne(replica);

            awaitThat(() -> assertThat(told()).isEqualTo(5));
            awaitThat(() -> {
                WorkerPoolStatus status = cluster.pool("thumbnails").getStatus();
                assertThat(status.desiredReplicas()).isEqualTo(5);
                assertThat(status.autoscaling().advisedReplicas()).isEqualTo(5);
                assertThat(status.autoscaling().message())
                        .contains("14.0 tasks in flight", "5 replicas of 4.00 threads");
                assertThat(cluster.events("ScaledUp")).singleElement().satisfies(event -> assertThat(event.getMessage())
                        .startsWith("Pool thumbnails scaled from 1 to 5 replicas: 14.0 tasks in flight"));
            });
            assertThat(cluster.pool("thumbnails").getSpec().replicas()).isEqualTo(1);

            cluster.stopOperator();
            cluster.startOperator();
            replica.active(2);

            awaitThat(() -> assertThat(told()).isEqualTo(1));
            awaitThat(() -> assertThat(cluster.events("ScaledDown")).isNotEmpty());
        }
    }

    @Test
    void replicasThatAreNewAndUnheardAskForNoMore() {
        try (var replica = new FakeReplica(4, 14)) {
            cluster.apply("thumbnails", "{autoscaling: {maxReplicas: 30, " + FAST + "}}");
            runOne(replica);
            awaitThat(() -> assertThat(told()).isEqualTo(5));

            for (String name : List.of("b", "c", "d", "e")) {
                cluster.createPod("thumbnails", name);
                Instant later = Instant.now().plusSeconds(30).truncatedTo(ChronoUnit.SECONDS);
                cluster.setPodStatus(
                        "thumbnails-" + name, RunningPod.since(later).at(Loopback.next()));
            }

            await().atMost(Duration.ofSeconds(30)).during(Duration.ofSeconds(3)).untilAsserted(() -> {
                assertThat(cluster.metric("workerpool_pool_ready_replicas", "thumbnails"))
                        .isEqualTo(5);
                assertThat(told()).isEqualTo(5);
            });
        }
    }

    @Test
    void anOperatorThatHasJustStartedGoesOnFromTheReplicasThereAre() {
        cluster.apply("thumbnails", "{replicas: 7, autoscaling: {maxReplicas: 9}}");
        awaitThat(() -> assertThat(told()).isEqualTo(7));
        cluster.stopOperator();

        cluster.startOperator();
        cluster.apply("thumbnails", "{replicas: 7, autoscaling: {maxReplicas: 8}, labels: {a: b}}");

        awaitThat(() -> assertThat(cluster.deployment("thumbnails")
                        .getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getLabels())
                .containsEntry("a", "b"));
        assertThat(told()).isEqualTo(7);
    }

    /** The watch knows it by its label, so it is not seen before it is written to. */
    @Test
    void goesOnFromTheNumberItToldLastWhenTheDeploymentCannotBeSeen() {
        try (var replica = new FakeReplica(4, 14)) {
            cluster.apply("thumbnails", "{autoscaling: {maxReplicas: 9, " + FAST + "}}");
            runOne(replica);
            awaitThat(() -> assertThat(
                            cluster.pool("thumbnails").getStatus().autoscaling().advisedReplicas())
                    .isEqualTo(5));
        }
        cluster.stopOperator();
        cluster.admin()
                .apps()
                .deployments()
                .inNamespace(cluster.namespace())
                .withName("thumbnails")
                .edit(deployment -> {
                    deployment.getMetadata().getLabels().remove("app.kubernetes.io/managed-by");
                    return deployment;
                });
        long generation = cluster.deployment("thumbnails").getMetadata().getGeneration();

        cluster.startOperator();

        awaitThat(
                () -> assertThat(cluster.deployment("thumbnails").getMetadata().getLabels())
                        .containsKey("app.kubernetes.io/managed-by"));
        assertThat(told()).isEqualTo(5);
        assertThat(cluster.deployment("thumbnails").getMetadata().getGeneration())
                .as("told nothing in between")
                .isEqualTo(generation);
    }

    @Test
    void adviceIsToldAndNotTaken() {
        try (var replica = new FakeReplica(4, 14)) {
            cluster.apply("thumbnails", "{replicas: 2, autoscaling: {maxReplicas: 9, mode: Advice, " + FAST + "}}");
            runOne(replica);

            awaitThat(() -> assertThat(
                            cluster.pool("thumbnails").getStatus().autoscaling().advisedReplicas())
                    .isEqualTo(5));
            assertThat(told()).isEqualTo(2);
            assertThat(cluster.pool("thumbnails").getStatus().desiredReplicas()).isEqualTo(2);
        }
    }

    @Test
    void zeroReplicasStopThePoolAndWithoutTheSectionTheSpecCountsAgain() {
        cluster.apply("thumbnails", "{replicas: 3, autoscaling: {minReplicas: 4, maxReplicas: 9}}");
        awaitThat(() -> assertThat(told()).isEqualTo(4));

        cluster.apply("thumbnails", "{replicas: 0, autoscaling: {minReplicas: 4, maxReplicas: 9}}");
        awaitThat(() -> {
            assertThat(told()).isZero();
            assertThat(cluster.pool("thumbnails").getStatus().autoscaling()).isNull();
        });

        cluster.apply("thumbnails", "{replicas: 2}");
        awaitThat(() -> assertThat(told()).isEqualTo(2));
    }

    private int told() {
        return cluster.deployment("thumbnails").getSpec().getReplicas();
    }

    private void runOne(FakeReplica replica) {
        cluster.awaitReconciled("thumbnails");
        cluster.createPod("thumbnails", "a");
        cluster.setPodStatus("thumbnails-a", replica.ready(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    }
}
