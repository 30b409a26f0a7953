package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.SettingsStatus;
import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Settings reach running replicas, and the pods stay. */
@ExtendWith(ApiServer.class)
class LiveChangeIT extends LiveChange {

    @Test
    void tenReplicasTakeOverAllThatIsLiveAndTheTemplateStays() {
        runPool("{replicas: 10, threads: 2}", 10);
        // Who the others are each is told as they come, and the last of it could come with what is to be told once.
        awaitThat(() -> assertThat(workers)
                .allSatisfy(worker ->
                        assertThat(worker.settings().at("/peers/replicas")).hasSize(10)));
        PodTemplateSpec template = template();

        cluster.apply("thumbnails", """
                {replicas: 10, threads: 5, queue: {capacity: 7, maxWait: 1s}, tasks: {timeout: 9s, maxAllocation: 1Gi},
                 config: {quality: "80"}}""");

        awaitThat(() -> assertThat(workers).allSatisfy(worker -> {
            var settings = worker.settings();
            assertThat(settings.path("threads").asInt()).isEqualTo(5);
            assertThat(settings.path("queue").path("capacity").asInt()).isEqualTo(7);
            assertThat(settings.path("queue").path("maxWait").asText()).isEqualTo("1s");
            assertThat(settings.path("tasks").path("timeout").asText()).isEqualTo("9s");
            assertThat(settings.path("tasks").path("maxAllocation").asText()).isEqualTo("1Gi");
            assertThat(settings.path("config").path("quality").asText()).isEqualTo("80");
        }));
        awaitThat(() -> {
            var status = cluster.pool("thumbnails").getStatus();
            assertThat(status.settings()).isEqualTo(new SettingsStatus(2L, 10, 0, Map.of("2", 10)));
            assertThat(status.threads()).isEqualTo(50);
            assertThat(cluster.condition("thumbnails", "Progressing").reason()).isEqualTo("Settled");
            assertThat(cluster.events("SettingsApplied")).singleElement().satisfies(event -> assertThat(
                            event.getMessage())
                    .startsWith("10 replicas run the settings of generation 2"));
        });
        assertThat(template()).isEqualTo(template);
        assertThat(workers).allSatisfy(worker -> assertThat(worker.told())
                .filteredOn(message -> message.path("generation").asLong() == 2)
                .hasSize(1));
    }

    @Test
    void aReplicaThatStartsLaterGetsTheNewest() {
        runPool("{replicas: 1, threads: 2}", 1);
        cluster.apply("thumbnails", "{replicas: 2, threads: 5}");
        awaitInForce(0, 5);

        run(1);

        assertThat(variable("WORKERPOOL_THREADS")).isEqualTo("2");
        awaitInForce(1, 5);
    }

    @Test
    void replicasAreToldWhoTheOthersAre() {
        runPool("{replicas: 2, threads: 2}", 2);

        awaitThat(() -> assertThat(workers).allSatisfy(worker -> {
            var peers = worker.settings().path("peers");
            assertThat(peers.at("/replicas/0/address").asText())
                    .isEqualTo(workers.getFirst().address() + ":8000");
            assertThat(peers.at("/replicas/1/replica").asText()).isEqualTo("thumbnails-1");
        }));
        assertThat(workers.get(0).settings().path("peers"))
                .isEqualTo(workers.get(1).settings().path("peers"));
    }

    /** It has runs to bring to them, and those that it knows may go as well. */
    @Test
    void aReplicaThatDrainsIsToldWhoTheOthersAre() {
        runPool("{replicas: 2, threads: 2}", 2);
        FakeWorker draining = workers.getFirst();
        awaitThat(() -> assertThat(draining.settings().at("/peers/replicas")).hasSize(2));
        var pod = cluster.admin().pods().inNamespace(cluster.namespace()).withName("thumbnails-0");
        pod.edit(present -> {
            present.getMetadata().setFinalizers(List.of("workerpool.dev/test"));
            return present;
        });
        pod.delete();
        awaitThat(() ->
                assertThat(cluster.pool("thumbnails").getStatus().replicas()).isEqualTo(1));

        run(2);

        awaitThat(() -> assertThat(draining.settings().at("/peers/replicas").findValuesAsText("replica"))
                .contains("thumbnails-2"));
    }

    @Test
    void aReplicaThatKnowsALaterListOfPeersIsToldAnewBeyondIt() {
        runPool("{replicas: 2, threads: 2}", 2);
        awaitThat(() ->
                assertThat(workers.getFirst().settings().at("/peers/replicas")).hasSize(2));
        long later = started.plus(Duration.ofDays(1)).toEpochMilli();
        workers.getFirst().knowsPeers(later);

        cluster.apply("thumbnails", "{replicas: 3, threads: 2}");
        run(2);

        awaitThat(() -> assertThat(workers).allSatisfy(worker -> {
            assertThat(worker.settings().at("/peers/replicas")).hasSize(3);
            assertThat(worker.settings().at("/peers/version").asLong()).isGreaterThan(later);
        }));
    }

    @Test
    void aWorkerThatIsRestartedIsToldAgain() {
        runPool("{replicas: 1, threads: 2}", 1);
        cluster.apply("thumbnails", "{replicas: 1, threads: 5}");
        awaitInForce(0, 5);

        workers.getFirst().hangUp();
        workers.getFirst().start(pod(0));
        cluster.setPodStatus("thumbnails-0", workers.getFirst().running(started.plusSeconds(30)));

        awaitInForce(0, 5);
    }

    @Test
    void aReplicaThatIsCutOffHoldsUpNobodyAndCatchesUp() {
        runPool("{replicas: 2, threads: 2}", 2);
        workers.get(1).hangUp();

        cluster.apply("thumbnails", "{replicas: 2, threads: 5}");

        awaitInForce(0, 5);
        awaitThat(() -> {
            var settings = cluster.pool("thumbnails").getStatus().settings();
            assertThat(settings.replicas()).isEqualTo(1);
            assertThat(settings.pending()).isEqualTo(1);
            assertThat(cluster.metric("workerpool_pool_settings_replicas", "thumbnails", "settings", "older"))
                    .isEqualTo(1);
            var progressing = cluster.condition("thumbnails", "Progressing");
            assertThat(progressing.reason()).isEqualTo("TakingOverSettings");
            assertThat(progressing.message())
                    .isEqualTo("settings of generation 2 are in force on 1 of 2 replicas; waiting for thumbnails-1");
            assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False");
        });

        workers.get(1).listenAgain();

        awaitInForce(1, 5);
        awaitThat(() -> assertThat(
                        cluster.pool("thumbnails").getStatus().settings().pending())
                .isZero());
    }

    @Test
    void aRefusalIsToldAndTriedAgain() {
        runPool("{replicas: 1, threads: 2}", 1);
        workers.getFirst().refuse("the clock is wrong");

        cluster.apply("thumbnails", "{replicas: 1, threads: 5}");

        awaitThat(() -> {
            var degraded = cluster.condition("thumbnails", "Degraded");
            assertThat(degraded.reason()).isEqualTo("SettingsRefused");
            assertThat(degraded.message())
                    .isEqualTo(
                            "settings of generation 2 are refused: 401 the clock is wrong (by replica thumbnails-0)");
        });

        workers.getFirst().refuse(null);

        awaitInForce(0, 5);
        awaitThat(() ->
                assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False"));
    }

    @Test
    void theTemplateCatchesUpWithTheNextChangeThatRolls() {
        runPool("{replicas: 1, threads: 2}", 1);
        cluster.apply("thumbnails", "{replicas: 1, threads: 5}");
        awaitInForce(0, 5);
        assertThat(variable("WORKERPOOL_THREADS")).isEqualTo("2");

        cluster.apply("thumbnails", "{replicas: 1, threads: 5, image: 'own:2'}");

        awaitThat(() -> {
            assertThat(variable("WORKERPOOL_THREADS")).isEqualTo("5");
            assertThat(variable("WORKERPOOL_GENERATION")).isEqualTo("3");
        });
    }

    @Test
    void theNextOperatorGoesOnWhereTheFirstStoppedAndRollsNothing() {
        runPool("{replicas: 2, threads: 2}", 2);
        PodTemplateSpec template = template();
        workers.get(1).hangUp();
        cluster.apply("thumbnails", "{replicas: 2, threads: 5}");
        awaitInForce(0, 5);

        cluster.stopOperator();
        workers.get(1).listenAgain();
        cluster.startOperator();

        awaitInForce(1, 5);
        cluster.awaitReconciled("thumbnails");
        assertThat(template()).isEqualTo(template);
        assertThat(workers.getFirst().settings().path("generation").asInt()).isEqualTo(2);
    }

    @Test
    void aSettingChangedByHandInTheDeploymentIsPutRight() {
        runPool("{replicas: 1, threads: 2}", 1);
        cluster.apply("thumbnails", "{replicas: 1, threads: 5}");
        awaitInForce(0, 5);

        cluster.admin()
                .apps()
                .deployments()
                .inNamespace(cluster.namespace())
                .withName("thumbnails")
                .edit(deployment -> {
                    deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv().stream()
                            .filter(variable -> variable.getName().equals("WORKERPOOL_THREADS"))
                            .forEach(variable -> variable.setValue("99"));
                    return deployment;
                });

        awaitThat(() -> assertThat(variable("WORKERPOOL_THREADS")).isEqualTo("5"));
    }

    @Test
    void replicasThatDoNotKnowTheKeyTakeAChangeOverByRolling() throws Exception {
        runPool("{replicas: 1, threads: 2}", 1);
        cluster.stopOperator();
        cluster.withControlKey(newKey("other")).startOperator();
        cluster.awaitReconciled("thumbnails");
        assertThat(variable("WORKERPOOL_THREADS")).isEqualTo("2");

        cluster.apply("thumbnails", "{replicas: 1, threads: 5}");

        awaitThat(() -> {
            assertThat(variable("WORKERPOOL_THREADS")).isEqualTo("5");
            var progressing = cluster.condition("thumbnails", "Progressing");
            assertThat(progressing.status()).isEqualTo("True");
        });
        assertThat(workers.getFirst().told()).isEmpty();
    }

    @Test
    void aKeyTakesThePlaceOfAnotherAndNoPodIsReplacedForIt() throws Exception {
        runPool("{replicas: 2, threads: 2}", 2);
        PodTemplateSpec template = template();
        String old = variable("WORKERPOOL_CONTROL_KEY");
        awaitThat(() -> assertThat(
                        workers.getFirst().settings().at("/peers/token").asText())
                .isNotEmpty());
        String token = workers.getFirst().settings().at("/peers/token").asText();

        cluster.stopOperator();
        Path both = Files.writeString(
                folder.resolve("both"), Files.readString(newKey("new")) + Files.readString(folder.resolve("key")));
        cluster.withControlKey(both).startOperator();
        cluster.apply("thumbnails", "{replicas: 2, threads: 5}");

        awaitInForce(0, 5);
        awaitInForce(1, 5);
        assertThat(template()).as("it lags behind").isEqualTo(template);
        assertThat(workers.getFirst().settings().at("/peers/token").asText())
                .as("replicas know each other by what both keys' holders told")
                .isEqualTo(token);

        cluster.apply("thumbnails", "{replicas: 2, threads: 5, image: 'workerpool/worker:other'}");
        awaitThat(() -> assertThat(variable("WORKERPOOL_CONTROL_KEY").split(" "))
                .as("with the next real rollout")
                .hasSize(2)
                .contains(old));
    }
}
