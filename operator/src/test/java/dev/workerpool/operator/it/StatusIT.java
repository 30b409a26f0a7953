package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.workerpool.apiserver.ApiServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From pods to status and Events. */
@ExtendWith(ApiServer.class)
class StatusIT {

    private final Instant started =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);

    /** Of the replicas, or of one that nobody is at. */
    private String address = Loopback.next();

    @AutoClose
    private Cluster cluster;

    @BeforeEach
    void startOperator(ApiServer.Running server) {
        cluster = new Cluster(server).startOperator();
        cluster.apply("thumbnails", "{replicas: 2, threads: 4}");
        cluster.awaitReconciled("thumbnails");
    }

    @Test
    void aPoolBecomesAvailableWithItsReplicas() {
        assertThat(cluster.condition("thumbnails", "Available").status()).isEqualTo("False");
        assertThat(cluster.condition("thumbnails", "Progressing").status()).isEqualTo("True");

        runBothReplicas();

        awaitThat(() -> {
            var status = cluster.pool("thumbnails").getStatus();
            assertThat(status.replicas()).isEqualTo(2);
            assertThat(status.readyReplicas()).isEqualTo(2);
            assertThat(status.threads()).isEqualTo(8);
            assertThat(status.restarts()).isZero();
            assertThat(status.selector()).isEqualTo("workerpool.dev/pool=thumbnails");
            assertThat(cluster.condition("thumbnails", "Available").status()).isEqualTo("True");
            assertThat(cluster.condition("thumbnails", "Progressing").status()).isEqualTo("False");
            assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False");
        });
        awaitThat(() -> {
            assertThat(cluster.events("WorkerStarted")).hasSize(2);
            assertThat(cluster.events("WorkerReady")).hasSize(2);
            assertThat(cluster.metric("workerpool_pool_threads", "thumbnails")).isEqualTo(8);
        });
    }

    @Test
    void aDeathIsToldOnceAlsoByTheNextOperator() {
        runBothReplicas();
        cluster.setPodStatus(
                "thumbnails-a", running(1, started.plusSeconds(30)).lastState("""
                {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: "%s", message: "java.lang.OutOfMemoryError\\n"}}""".formatted(started.plusSeconds(29))));

        awaitThat(() -> {
            var status = cluster.pool("thumbnails").getStatus();
            assertThat(status.restarts()).isEqualTo(1);
            assertThat(status.restartsByReplica()).containsEntry("thumbnails-a", 1);
            assertThat(status.lastDeath().pod()).isEqualTo("thumbnails-a");
            assertThat(status.lastDeath().exitCode()).isEqualTo(137);
            assertThat(status.lastDeath().signal()).isEqualTo("SIGKILL");
            assertThat(status.lastDeath().reason()).isEqualTo("OOMKilled");
            assertThat(status.lastDeath().message()).isEqualTo("java.lang.OutOfMemoryError");
            assertThat(cluster.events("WorkerDied")).singleElement().satisfies(event -> {
                assertThat(event.getMessage())
                        .isEqualTo("Worker thumbnails-a died: SIGKILL (exit code 137), OOMKilled. Last words:"
                                + " java.lang.OutOfMemoryError");
                assertThat(event.getType()).isEqualTo("Warning");
                assertThat(event.getInvolvedObject().getKind()).isEqualTo("WorkerPool");
            });
            assertThat(cluster.events("WorkerRestarted")).singleElement().satisfies(event -> assertThat(
                            event.getMessage())
                    .isEqualTo("Worker thumbnails-a restarted, 1 s after it died (restart 1)"));
        });

        cluster.stopOperator();
        cluster.setPodStatus(
                "thumbnails-a", running(3, started.plusSeconds(50)).lastState("""
                {terminated: {exitCode: 1, reason: Error, finishedAt: "%s"}}""".formatted(started.plusSeconds(49))));
        cluster.startOperator();

        awaitThat(() -> {
            var status = cluster.pool("thumbnails").getStatus();
            assertThat(status.restarts()).as("also those nobody saw").isEqualTo(3);
            assertThat(status.lastDeath().exitCode()).isEqualTo(1);
            assertThat(cluster.events("WorkerDied")).hasSize(2);
            assertThat(cluster.events("WorkerStarted"))
                    .as("still the first two")
                    .hasSize(2);
        });
    }

    @Test
    void theTotalOfRestartsOutlivesAReplica() {
        runBothReplicas();
        cluster.setPodStatus("thumbnails-a", running(4, started));
        awaitThat(() ->
                assertThat(cluster.pool("thumbnails").getStatus().restarts()).isEqualTo(4));

        cluster.admin()
                .pods()
                .inNamespace(cluster.namespace())
                .withName("thumbnails-a")
                .withGracePeriod(0)
                .delete();

        awaitThat(() -> {
            assertThat(cluster.pool("thumbnails").getStatus().replicas()).isEqualTo(1);
            assertThat(cluster.pool("thumbnails").getStatus().restartsByReplica())
                    .isEmpty();
        });
        assertThat(cluster.pool("thumbnails").getStatus().restarts()).isEqualTo(4);
    }

    @Test
    void scalingIsTold() {
        cluster.apply("thumbnails", "{replicas: 5, threads: 4}");
        awaitThat(() -> assertThat(cluster.events("ScaledUp")).singleElement().satisfies(event -> assertThat(
                        event.getMessage())
                .isEqualTo("Pool thumbnails scaled from 2 to 5 replicas")));

        cluster.apply("thumbnails", "{replicas: 0, threads: 4}");
        awaitThat(() -> {
            assertThat(cluster.events("ScaledDown")).hasSize(1);
            assertThat(cluster.condition("thumbnails", "Available").reason()).isEqualTo("ScaledToZero");
        });
    }

    @Test
    void theMetricsTellOfThePoolAsAWhole() {
        try (var replica = new FakeReplica(4, 3)) {
            address = replica.address();
            replica.queued(2).rejected(5);
            runBothReplicas();
            cluster.setPodStatus("thumbnails-b", running(2, started).unready());

            awaitThat(() -> {
                assertThat(metric("desired_replicas")).isEqualTo(2);
                assertThat(metric("replicas")).isEqualTo(2);
                assertThat(metric("ready_replicas")).isEqualTo(1);
                assertThat(metric("threads")).isEqualTo(4);
                assertThat(metric("restarts")).isEqualTo(2);
                assertThat(metric("active")).as("of both").isEqualTo(6);
                assertThat(metric("queued")).isEqualTo(4);
                assertThat(replicasIn("ready")).isEqualTo(1);
                assertThat(replicasIn("started")).isEqualTo(1);
                assertThat(replicasIn("pending")).isZero();
                assertThat(replicasIn("draining")).isZero();
                assertThat(replicasIn("exited")).isZero();
            });
        }
    }

    @Test
    void countsARefusedTaskOnceThoughTheNextOperatorHearsOfItToo() {
        try (var old = new FakeReplica(4, 3);
                var young = new FakeReplica(4, 3)) {
            address = old.address();
            old.rejected(5);
            cluster.createPod("thumbnails", "a");
            cluster.setPodStatus("thumbnails-a", running(0, started));
            awaitThat(() -> assertThat(metric("active")).isEqualTo(3));
            assertThat(metric("rejected_total")).as("before this operator").isZero();

            old.rejected(7);
            awaitThat(() -> assertThat(metric("rejected_total")).isEqualTo(2));

            young.rejected(4);
            cluster.createPod("thumbnails", "b");
            cluster.setPodStatus("thumbnails-b", young.ready(Instant.now().plusSeconds(1)));
            awaitThat(() -> assertThat(metric("rejected_total"))
                    .as("all of a new worker")
                    .isEqualTo(6));
        }
    }

    private Double metric(String name) {
        return cluster.metric("workerpool_pool_" + name, "thumbnails");
    }

    private Double replicasIn(String state) {
        return cluster.metric("workerpool_pool_replica_states", "thumbnails", "state", state);
    }

    @Test
    void anImageThatCannotBePulledIsNamed() {
        cluster.createPod("thumbnails", "a");
        cluster.setPodStatus("thumbnails-a", """
                phase: Pending
                containerStatuses:
                - name: worker
                  image: nowhere/worker:1
                  imageID: ""
                  ready: false
                  restartCount: 0
                  state: {waiting: {reason: ImagePullBackOff, message: "Back-off pulling image nowhere/worker:1"}}
                """);

        awaitThat(() -> {
            var degraded = cluster.condition("thumbnails", "Degraded");
            assertThat(degraded.reason()).isEqualTo("ImageNotPulled");
            assertThat(degraded.message()).contains("thumbnails-a").contains("nowhere/worker:1");
        });
    }

    @Test
    void aJarThatDidNotLoadIsNamedWithItsReason() throws IOException {
        assertIsTold(
                """
                {"pool":"thumbnails","artifacts":[
                  {"jar":"/tasks/0/good.jar","state":"Loaded","tasks":["a"]},
                  {"jar":"/tasks/0/bad.jar","state":"Failed","reason":"no task in it"}]}""",
                "ArtifactNotLoaded",
                "jar /tasks/0/bad.jar did not load: no task in it (seen on replica thumbnails-a)");
    }

    @Test
    void aSecretThatCannotBeUsedIsTold() throws IOException {
        assertIsTold(
                """
                {"access":{"tokens":1,"notInForce":["/etc/workerpool/tokens: tokens, line 1: a token must be longer"]}}""",
                "AccessNotInForce",
                "/etc/workerpool/tokens: tokens, line 1: a token must be longer: what was there before stays in force,"
                        + " but a replica that starts now does not come up (seen on replica thumbnails-a)");
    }

    /** Of a report that both replicas give, and that keeps neither from serving. */
    private void assertIsTold(String report, String reason, String message) throws IOException {
        HttpServer replica = HttpServer.create(new InetSocketAddress(address, 9000), 0);
        replica.createContext("/status", exchange -> {
            exchange.sendResponseHeaders(200, report.length());
            exchange.getResponseBody().write(report.getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        replica.start();
        try {
            runBothReplicas();
            awaitThat(() -> {
                var degraded = cluster.condition("thumbnails", "Degraded");
                assertThat(degraded.reason()).isEqualTo(reason);
                assertThat(degraded.message()).isEqualTo(message);
                assertThat(cluster.condition("thumbnails", "Available").status())
                        .isEqualTo("True");
            });
        } finally {
            replica.stop(0);
        }
    }

    private void runBothReplicas() {
        cluster.createPod("thumbnails", "a");
        cluster.createPod("thumbnails", "b");
        cluster.setPodStatus("thumbnails-a", running(0, started));
        cluster.setPodStatus("thumbnails-b", running(0, started));
        cluster.setDeploymentStatus("thumbnails", """
                observedGeneration: %d
                replicas: 2
                updatedReplicas: 2
                readyReplicas: 2
                """.formatted(
                        cluster.deployment("thumbnails").getMetadata().getGeneration()));
    }

    private RunningPod running(int restarts, Instant since) {
        return RunningPod.since(since).at(address).restarts(restarts);
    }
}
