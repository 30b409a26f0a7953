package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.SettingsStatus;
import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Settings reach running replicas, and the pods stay. */
@ExtendWith(ApiServer.class)
class LiveChangeIT {

    private final Instant started =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
    private final List<FakeWorker> workers = new ArrayList<>();

    @TempDir
    private Path folder;

    private Cluster cluster;

    @BeforeEach
    void startOperator(ApiServer.Running server) throws IOException, GeneralSecurityException {
        cluster = new Cluster(server).withControlKey(newKey("key")).startOperator();
    }

    @AfterEach
    void stopOperator() {
        workers.forEach(FakeWorker::close);
        cluster.close();
    }

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
            assertThat(peers.at("/replicas/0/address").asText()).isEqualTo("127.0.9.1:8000");
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
        cluster.setPodStatus(
                "thumbnails-0",
                workers.getFirst().running(started.plusSeconds(30).toString()));

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

    @Test
    void anotherCpuReachesTheRunningPodsAndTheThreadsFollow() {
        runPool("{replicas: 1, resources: {limits: {cpu: 1}}}", 1);
        PodTemplateSpec template = template();

        cluster.apply("thumbnails", "{replicas: 2, resources: {limits: {cpu: 3}}}");

        awaitInForce(0, 3);
        awaitThat(() -> assertThat(cpu(0)).isEqualTo("3/3"));
        run(1);
        awaitThat(() -> assertThat(cpu(1)).as("a new pod, too").isEqualTo("3/3"));
        awaitInForce(1, 3);
        assertThat(template()).isEqualTo(template);
    }

    @Test
    void threadsThatFollowTheCpuWaitUntilTheNodeHasGivenIt() {
        runPool("{replicas: 2, resources: {limits: {cpu: 1}}}", 2);
        give(0, "1");
        give(1, "1");

        cluster.apply("thumbnails", "{replicas: 2, resources: {limits: {cpu: 3}}, queue: {capacity: 7}}");

        awaitThat(() -> assertThat(workers).allSatisfy(worker -> {
            assertThat(worker.settings().at("/queue/capacity").asInt()).isEqualTo(7);
            assertThat(worker.settings().path("threads").asInt()).isEqualTo(1);
        }));
        give(0, "3");
        awaitInForce(0, 3);
        assertThat(workers.get(1).settings().path("threads").asInt()).isEqualTo(1);
        give(1, "3");
        awaitInForce(1, 3);
    }

    /** The node tells what the worker of a pod has. */
    private void give(int index, String cpu) {
        String status = workers.get(index).running(started.toString());
        String given = "resources: {requests: {cpu: %1$s}, limits: {cpu: %1$s}}".formatted(cpu);
        cluster.setPodStatus("thumbnails-" + index, status.replace("resources: {requests: {cpu: 1}}", given));
    }

    @Test
    void aNodeThatHasNotGotTheCpuIsTold() {
        runPool("{replicas: 1, resources: {limits: {cpu: 1}}}", 1);
        cluster.apply("thumbnails", "{replicas: 1, resources: {limits: {cpu: 300}}}");
        awaitThat(() -> assertThat(cpu(0)).isEqualTo("300/300"));

        cluster.setPodStatus(
                "thumbnails-0", workers.getFirst().running(started.toString()).replace("conditions: [", """
                        conditions: [{type: PodResizePending, status: "True", reason: Infeasible, message: "Node didn't have enough capacity"}, """));

        awaitThat(() -> {
            var degraded = cluster.condition("thumbnails", "Degraded");
            assertThat(degraded.reason()).isEqualTo("CpuNotChanged");
            assertThat(degraded.message())
                    .isEqualTo("replica thumbnails-0 serves on with the CPU it has, its node cannot give it another:"
                            + " Node didn't have enough capacity");
            assertThat(cluster.condition("thumbnails", "Available").status()).isEqualTo("True");
        });
    }

    /** Made with what the template had, a new one may lie where there is no room to grow, and would wait for ever. */
    @Test
    void aPodThatItsNodeKeepsWaitingForCpuIsReplaced() {
        runPool("{replicas: 1, resources: {limits: {cpu: 1}}}", 1);
        cluster.apply("thumbnails", "{replicas: 1, resources: {limits: {cpu: 3}}}");
        awaitThat(() -> assertThat(cpu(0)).isEqualTo("3/3"));

        waitForCpu(Instant.now().minusSeconds(30));
        awaitThat(
                () -> assertThat(cluster.condition("thumbnails", "Progressing").reason())
                        .isEqualTo("ResizingCpu"));
        assertThat(templateCpu()).as("it may come yet").isEqualTo("1");

        waitForCpu(Instant.now().minusSeconds(61));
        awaitThat(() -> {
            assertThat(templateCpu()).isEqualTo("3");
            assertThat(cluster.condition("thumbnails", "Progressing").message())
                    .isEqualTo(
                            "0 of 1 replicas are up to date; CPU is changed by replacing pods, for the node of replica"
                                    + " thumbnails-0 has not given it for a minute");
        });
    }

    private void waitForCpu(Instant since) {
        cluster.setPodStatus(
                "thumbnails-0", workers.getFirst().running(started.toString()).replace("conditions: [", """
                        conditions: [{type: PodResizePending, status: "True", reason: Deferred, lastTransitionTime: "%s"}, """.formatted(
                                since.truncatedTo(ChronoUnit.SECONDS))));
    }

    @Test
    void whenNoReplicaCanBeMadeTheTemplateCatchesUpWithTheCpu() {
        runPool("{replicas: 1, resources: {limits: {cpu: 3}}}", 1);
        cluster.apply("thumbnails", "{replicas: 2, resources: {limits: {cpu: 1}}}");
        awaitThat(() -> assertThat(cpu(0)).isEqualTo("1/1"));
        assertThat(templateCpu()).isEqualTo("3");

        cluster.setDeploymentStatus("thumbnails", """
                conditions: [{type: ReplicaFailure, status: "True", reason: FailedCreate, message: "exceeded quota"}]
                """);

        awaitThat(() -> assertThat(templateCpu()).isEqualTo("1"));
    }

    @Test
    void aPodThatItsNodeCannotResizeIsReplacedAndTheStatusSaysWhy() {
        runPool("{replicas: 1, resources: {limits: {cpu: 1}}}", 1);
        cluster.setPodStatus(
                "thumbnails-0",
                workers.getFirst().running(started.toString()).replace("resources: {requests: {cpu: 1}}", ""));

        cluster.apply("thumbnails", "{replicas: 1, resources: {limits: {cpu: 3}}}");

        awaitThat(() -> {
            assertThat(templateCpu()).isEqualTo("3");
            assertThat(cluster.condition("thumbnails", "Progressing").message())
                    .isEqualTo(
                            "0 of 1 replicas are up to date; CPU is changed by replacing pods, for the node of replica"
                                    + " thumbnails-0 cannot resize them (Kubernetes before 1.33)");
            assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False");
        });
    }

    @Test
    void aPodThatTheClusterGaveALimitIsReplaced() {
        cluster.apply("thumbnails", "{replicas: 1, resources: {requests: {cpu: 1}}}");
        cluster.awaitReconciled("thumbnails");
        cluster.admin()
                .resource(new LimitRangeBuilder()
                        .withNewMetadata()
                        .withName("default")
                        .withNamespace(cluster.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .addNewLimit()
                        .withType("Container")
                        .addToDefault("cpu", new Quantity("4"))
                        .endLimit()
                        .endSpec()
                        .build())
                .create();
        runPool("{replicas: 1, resources: {requests: {cpu: 1}}}", 1);
        assertThat(cpu(0)).isEqualTo("1/4");

        cluster.apply("thumbnails", "{replicas: 1, resources: {requests: {cpu: 2}}}");

        awaitThat(() -> assertThat(template()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getResources()
                        .getRequests()
                        .get("cpu"))
                .hasToString("2"));
    }

    private String templateCpu() {
        return template()
                .getSpec()
                .getContainers()
                .getFirst()
                .getResources()
                .getLimits()
                .get("cpu")
                .toString();
    }

    private String cpu(int index) {
        var resources = pod(index).getSpec().getContainers().getFirst().getResources();
        return resources.getRequests().get("cpu") + "/" + resources.getLimits().get("cpu");
    }

    private void runPool(String spec, int replicas) {
        cluster.apply("thumbnails", spec);
        cluster.awaitReconciled("thumbnails");
        for (int index = 0; index < replicas; index++) {
            run(index);
        }
        cluster.setDeploymentStatus("thumbnails", """
                observedGeneration: %d
                replicas: %2$d
                updatedReplicas: %2$d
                readyReplicas: %2$d
                """.formatted(
                        cluster.deployment("thumbnails").getMetadata().getGeneration(), replicas));
        awaitThat(
                () -> assertThat(cluster.condition("thumbnails", "Progressing").reason())
                        .isEqualTo("Settled"));
    }

    private void run(int index) {
        var worker = new FakeWorker("127.0.9." + (index + 1));
        workers.add(worker);
        worker.start(cluster.createPod("thumbnails", "" + index));
        cluster.setPodStatus("thumbnails-" + index, worker.running(started.toString()));
    }

    private void awaitInForce(int index, int threads) {
        awaitThat(() -> assertThat(workers.get(index).settings().path("threads").asInt())
                .isEqualTo(threads));
    }

    private Pod pod(int index) {
        return cluster.admin()
                .pods()
                .inNamespace(cluster.namespace())
                .withName("thumbnails-" + index)
                .get();
    }

    private PodTemplateSpec template() {
        return cluster.deployment("thumbnails").getSpec().getTemplate();
    }

    private String variable(String name) {
        return template().getSpec().getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .map(EnvVar::getValue)
                .findFirst()
                .orElseThrow();
    }

    private Path newKey(String name) throws IOException, GeneralSecurityException {
        byte[] key = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        return Files.writeString(
                folder.resolve(name),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
    }
}
