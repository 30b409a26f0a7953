package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A worker that died where its node would make it wait gets a new pod. */
@ExtendWith(ApiServer.class)
class FastRestartIT {

    private final Instant died = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    private Cluster cluster;

    @BeforeEach
    void startOperator(ApiServer.Running server) {
        cluster = new Cluster(server).startOperator();
        cluster.apply("thumbnails", "{replicas: 1}");
        cluster.awaitReconciled("thumbnails");
        cluster.createPod("thumbnails", "a");
    }

    @AfterEach
    void stopOperator() {
        cluster.close();
    }

    @Test
    void deletesThePodAndKeepsCountAndStory() {
        cluster.setPodStatus("thumbnails-a", dead(1, died.minusSeconds(1)));

        awaitThat(() -> {
            assertThat(pod()).isNull();
            var status = cluster.pool("thumbnails").getStatus();
            assertThat(status.restarts()).isEqualTo(2);
            assertThat(status.restartsByReplica()).isEmpty();
            assertThat(status.lastDeath().pod()).isEqualTo("thumbnails-a");
            assertThat(status.lastDeath().signal()).isEqualTo("SIGKILL");
        });
        assertThat(cluster.events("WorkerDied")).hasSize(1);
        assertThat(cluster.events("WorkerRestarted")).singleElement().satisfies(event -> assertThat(event.getMessage())
                .contains("thumbnails-a is replaced by a new replica at once"));
        assertThat(cluster.events("WorkerDraining")).isEmpty();
    }

    @Test
    void leavesAWorkerThatNeverBecameReadyToItsNode() {
        cluster.setPodStatus("thumbnails-a", dead(4, died.minusSeconds(60)));

        awaitThat(() -> {
            assertThat(cluster.pool("thumbnails").getStatus().restarts()).isEqualTo(4);
            assertThat(cluster.events("WorkerDied")).hasSize(1);
        });
        assertThat(pod()).isNotNull();
    }

    private Pod pod() {
        return cluster.admin()
                .pods()
                .inNamespace(cluster.namespace())
                .withName("thumbnails-a")
                .get();
    }

    /** Dead after 30 s of life. */
    private String dead(int restarts, Instant unready) {
        return """
                phase: Running
                conditions: [{type: Ready, status: "False", lastTransitionTime: "%s"}]
                containerStatuses:
                - name: worker
                  image: workerpool/worker:test
                  imageID: "1"
                  ready: false
                  restartCount: %d
                  state: {terminated: {exitCode: 137, reason: Error, startedAt: "%s", finishedAt: "%s"}}
                """.formatted(unready, restarts, died.minusSeconds(30), died);
    }
}
