package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.RefusedTask;
import dev.workerpool.apiserver.ApiServer;
import dev.workerpool.operator.desired.WorkerPoolNames;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A task type that was running at three deaths is refused by the replicas, until the pool gets another image. */
@ExtendWith(ApiServer.class)
class RefusedTaskIT {

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @TempDir
    private Path folder;

    @AutoClose
    private Cluster cluster;

    @BeforeEach
    void useServer(ApiServer.Running running) {
        cluster = new Cluster(running);
    }

    @Test
    void theReplicasAreToldAndSoAreStatusAndEvents() throws Exception {
        cluster.withControlKey(newKey()).startOperator();
        try (var worker = new FakeWorker()) {
            startPool();
            worker.start(cluster.createPod("thumbnails", "well"));
            cluster.setPodStatus("thumbnails-well", worker.running(now));
            die("a", "executing deadly   \\nexecuting harmless ");
            die("b", "executing deadly");
            die("c", "  \\nexecuting deadly");

            awaitThat(() -> assertThat(
                            worker.settings().at("/refusedTasks/deadly").asText())
                    .isNotEmpty());
            assertThat(worker.settings().path("refusedTasks").size()).isEqualTo(1);
            awaitThat(() -> {
                List<RefusedTask> refused =
                        cluster.pool("thumbnails").getStatus().refusedTasks();
                assertThat(refused).singleElement().satisfies(task -> {
                    assertThat(task.type()).isEqualTo("deadly");
                    assertThat(task.deaths()).isEqualTo(3);
                    assertThat(task.until())
                            .isEqualTo(
                                    worker.settings().at("/refusedTasks/deadly").asText());
                });
                assertThat(cluster.events("TaskRefused")).singleElement().satisfies(event -> assertThat(
                                event.getMessage())
                        .startsWith("Task type deadly was running at 3 deaths of workers"));
            });

            cluster.apply("thumbnails", "{replicas: 4, image: 'mended:2'}");

            awaitThat(() -> {
                assertThat(worker.settings().path("refusedTasks").isObject()).isTrue();
                assertThat(worker.settings().path("refusedTasks")).isEmpty();
                assertThat(cluster.pool("thumbnails").getStatus().refusedTasks())
                        .isEmpty();
                assertThat(cluster.events("TaskReleased")).singleElement().satisfies(event -> assertThat(
                                event.getMessage())
                        .isEqualTo("Task type deadly is let in again: the image or the artifacts of the pool have"
                                + " changed"));
            });
        }
    }

    @Test
    void anImageThatChangedWhileNoOperatorLookedLetsInToo() throws Exception {
        cluster.withControlKey(newKey()).startOperator();
        try (var worker = new FakeWorker()) {
            startPool();
            worker.start(cluster.createPod("thumbnails", "well"));
            cluster.setPodStatus("thumbnails-well", worker.running(now));
            die("a", "executing deadly");
            die("b", "executing deadly");
            die("c", "executing deadly");
            awaitThat(() -> assertThat(cluster.pool("thumbnails").getStatus().refusedTasks())
                    .hasSize(1));
            awaitThat(() -> assertThat(
                            worker.settings().at("/refusedTasks/deadly").asText())
                    .isNotEmpty());

            cluster.stopOperator();
            cluster.admin()
                    .pods()
                    .inNamespace(cluster.namespace())
                    .withName("thumbnails-a")
                    .delete();
            cluster.apply("thumbnails", "{replicas: 4, image: 'mended:2'}");
            cluster.startOperator();

            awaitThat(() -> {
                assertThat(worker.settings().path("refusedTasks").isObject()).isTrue();
                assertThat(worker.settings().path("refusedTasks")).isEmpty();
                assertThat(cluster.pool("thumbnails").getStatus().refusedTasks())
                        .isEmpty();
            });
        }
    }

    @Test
    void theNextOperatorRefusesForTwiceAsLongAsTheOneBefore() throws Exception {
        cluster.withControlKey(newKey()).startOperator();
        startPool();
        cluster.stopOperator();
        wasRefused("deadly", now.minusSeconds(900), now.minusSeconds(300));
        cluster.startOperator();
        awaitThat(() -> {
            var status = cluster.pool("thumbnails").getStatus();
            assertThat(status.refusedTasks()).isEmpty();
            assertThat(status.pastRefusals()).extracting(RefusedTask::type).containsExactly("deadly");
        });

        cluster.stopOperator();
        cluster.startOperator();
        die("a", "executing deadly");
        die("b", "executing deadly");
        die("c", "executing deadly");

        awaitThat(() -> {
            var status = cluster.pool("thumbnails").getStatus();
            assertThat(status.refusedTasks()).singleElement().satisfies(task -> assertThat(
                            Duration.between(Instant.parse(task.since()), Instant.parse(task.until())))
                    .isEqualTo(Duration.ofMinutes(20)));
            assertThat(status.pastRefusals()).isEmpty();
        });
    }

    /** Told by an operator that stopped before the time was over; in its name, for nobody else's field does the next one clear. */
    private void wasRefused(String type, Instant since, Instant until) {
        PatchContext asOperator = new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(WorkerPoolNames.FIELD_MANAGER)
                .withForce(true)
                .build();
        cluster.admin()
                .resource(cluster.pool("thumbnails"))
                .subresource("status")
                .patch(asOperator, """
                {"apiVersion": "workerpool.dev/v1alpha1", "kind": "WorkerPool", "metadata": {"name": "thumbnails"},
                 "status": {"refusedTasks": [{"type": "%s", "deaths": 3, "since": "%s", "until": "%s"}]}}
                """.formatted(type, since, until));
    }

    @Test
    void nothingIsRefusedWhereTheReplicasCannotBeTold() {
        cluster.startOperator();
        startPool();
        die("a", "executing deadly");
        die("b", "executing deadly");
        die("c", "executing deadly");

        awaitThat(() -> assertThat(cluster.events("WorkerDied")).hasSize(3));
        awaitThat(() ->
                assertThat(cluster.pool("thumbnails").getStatus().lastDeath()).isNotNull());
        assertThat(cluster.pool("thumbnails").getStatus().refusedTasks()).isEmpty();
        assertThat(cluster.events("TaskRefused")).isEmpty();
    }

    private void startPool() {
        cluster.apply("thumbnails", "{replicas: 4}");
        cluster.awaitReconciled("thumbnails");
    }

    /** A replica whose worker died a moment ago and is starting again. */
    private void die(String suffix, String message) {
        cluster.createPod("thumbnails", suffix);
        String death = "{terminated: {exitCode: 134, reason: Error, finishedAt: \"%s\", message: \"%s\"}}";
        cluster.setPodStatus(
                "thumbnails-" + suffix,
                RunningPod.since(now).unready().restarts(1).lastState(death.formatted(now, message)));
    }

    private Path newKey() throws IOException, GeneralSecurityException {
        byte[] key = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        return Files.writeString(
                folder.resolve("key"),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
    }
}
