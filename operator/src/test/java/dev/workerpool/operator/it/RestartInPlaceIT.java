package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A worker that its primary forked again: its node notices nothing, and the operator hears of it from the worker. */
@ExtendWith(ApiServer.class)
class RestartInPlaceIT {

    private final Instant started =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(30);

    private Cluster cluster;
    private FakeReplica worker;

    @BeforeEach
    void startOperator(ApiServer.Running server) {
        cluster = new Cluster(server).startOperator();
        cluster.apply("thumbnails", "{replicas: 1}");
        cluster.awaitReconciled("thumbnails");
        cluster.createPod("thumbnails", "a");
        worker = new FakeReplica(1, 0);
        cluster.setPodStatus("thumbnails-a", worker.ready(started));
    }

    @AfterEach
    void stopOperator() {
        worker.close();
        cluster.close();
    }

    @Test
    void isCountedAndToldOnceAlsoByTheNextOperator() {
        worker.diedInPlace(2, "hold");
        awaitThat(() -> assertCounted(2));

        cluster.stopOperator();
        cluster.startOperator();
        worker.diedInPlace(3, "hold");
        awaitThat(() -> assertCounted(3));
    }

    private void assertCounted(int restarts) {
        var status = cluster.pool("thumbnails").getStatus();
        assertThat(status.restarts()).isEqualTo(restarts);
        assertThat(status.lastDeath().pod()).isEqualTo("thumbnails-a");
        assertThat(status.lastDeath().message()).isEqualTo("executing hold");
        assertThat(status.readyReplicas()).isEqualTo(1);
        assertThat(cluster.events("WorkerDied")).hasSize(restarts);
        assertThat(cluster.events("WorkerRestarted")).hasSize(restarts);
    }
}
