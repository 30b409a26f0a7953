package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A worker that died where its node would make it wait gets a new pod. */
@ExtendWith(ApiServer.class)
class FastRestartIT {

    private final Instant died = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    private final List<String> deletions = new CopyOnWriteArrayList<>();

    private FaultyApi api;
    private Cluster cluster;

    @BeforeEach
    void startOperator(ApiServer.Running server) throws Exception {
        api = new FaultyApi(server.config());
        cluster = new Cluster(server);
        cluster.startOperator(api.config(), cluster.requests());
        cluster.apply("thumbnails", "{replicas: 1}");
        cluster.awaitReconciled("thumbnails");
        cluster.createPod("thumbnails", "a");
    }

    @AfterEach
    void stopOperator() {
        cluster.close();
        api.close();
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

    /** A quota was lowered, say: the place would be given up for nothing, and the node at least starts its worker again. */
    @Test
    void deletesNothingWhereNoOtherPodCouldBeMade() {
        cluster.setDeploymentStatus("thumbnails", """
                conditions:
                - {type: ReplicaFailure, status: "True", reason: FailedCreate, message: exceeded quota}
                """);
        awaitThat(() ->
                assertThat(cluster.condition("thumbnails", "Degraded").reason()).isEqualTo("ReplicasNotCreated"));

        cluster.setPodStatus("thumbnails-a", dead(1, died.minusSeconds(1)));

        awaitThat(() -> {
            assertThat(cluster.pool("thumbnails").getStatus().restarts()).isEqualTo(1);
            assertThat(cluster.events("WorkerDied")).hasSize(1);
        });
        assertThat(cluster.awaitQuiet()).noneMatch(write -> write.startsWith("DELETE"));

        cluster.setDeploymentStatus("thumbnails", "conditions: []");
        awaitThat(() -> assertThat(pod()).isNull());
    }

    @Test
    void leavesAPodThatItsNodeHasStartedAgainMeanwhile() {
        String uid = pod().getMetadata().getUid();
        CompletableFuture<CountDownLatch> late =
                rightBeforeTheDeletion(() -> cluster.setPodStatus("thumbnails-a", running(2)));

        cluster.setPodStatus("thumbnails-a", dead(1, died.minusSeconds(1)));
        awaitThreeDeletions();
        late.join().countDown();

        awaitThat(() -> assertThat(cluster.pool("thumbnails").getStatus().readyReplicas())
                .isEqualTo(1));
        assertThat(pod().getMetadata().getUid()).isEqualTo(uid);
        assertThat(cluster.pool("thumbnails").getStatus().restarts())
                .as("counted once, ahead")
                .isEqualTo(2);
    }

    @Test
    void leavesAPodThatHasTakenTheNameMeanwhile() {
        var another = new CompletableFuture<String>();
        CompletableFuture<CountDownLatch> late = rightBeforeTheDeletion(() -> {
            cluster.admin().resource(pod()).withGracePeriod(0).delete();
            another.complete(cluster.createPod("thumbnails", "a").getMetadata().getUid());
            cluster.setPodStatus("thumbnails-a", running(0));
        });

        cluster.setPodStatus("thumbnails-a", dead(1, died.minusSeconds(1)));
        awaitThreeDeletions();
        late.join().countDown();

        awaitThat(() -> assertThat(cluster.pool("thumbnails").getStatus().readyReplicas())
                .isEqualTo(1));
        assertThat(pod().getMetadata().getUid()).isEqualTo(another.join());
    }

    @Test
    void theNextOperatorDeletesWhatTheOneBeforeHadOnlyCounted() {
        api.fail(request -> isDeletion(request) ? FaultyApi.BROKEN : 0);
        cluster.setPodStatus("thumbnails-a", dead(1, died.minusSeconds(1)));
        awaitThat(() -> assertThat(deletions).isNotEmpty());
        cluster.stopOperator();
        assertThat(cluster.pool("thumbnails").getStatus().restarts()).isEqualTo(2);
        assertThat(pod()).isNotNull();

        api.recover();
        cluster.startOperator(api.config(), cluster.requests());

        awaitThat(() -> {
            assertThat(pod()).isNull();
            assertThat(cluster.pool("thumbnails").getStatus().restartsByReplica())
                    .isEmpty();
        });
        assertThat(cluster.pool("thumbnails").getStatus().restarts()).isEqualTo(2);
        assertThat(cluster.events("WorkerRestarted")).hasSize(1);
    }

    /**
     * The pod changes when its deletion is already on the way, and what the operator sees of pods stays as it was.
     *
     * @return a latch that lets it see
     */
    private CompletableFuture<CountDownLatch> rightBeforeTheDeletion(Runnable change) {
        var late = new CompletableFuture<CountDownLatch>();
        api.fail(request -> {
            if (isDeletion(request) && !late.isDone()) {
                late.complete(api.holdWatches("pods"));
                change.run();
            }
            return 0;
        });
        return late;
    }

    private boolean isDeletion(HttpExchange request) {
        boolean deletion = request.getRequestMethod().equals("DELETE");
        if (deletion) {
            deletions.add(request.getRequestURI().getPath());
        }
        return deletion;
    }

    /** With each pass that sees the pod as it was. */
    private void awaitThreeDeletions() {
        for (int more = 1; more <= 3; more++) {
            int seen = more;
            awaitThat(() -> assertThat(deletions).hasSizeGreaterThanOrEqualTo(seen));
            cluster.apply("thumbnails", "{replicas: %d}".formatted(1 + more));
        }
    }

    private Pod pod() {
        return cluster.pod("thumbnails-a");
    }

    /** Again, and Ready. */
    private RunningPod running(int restarts) {
        return RunningPod.since(died).restarts(restarts);
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
