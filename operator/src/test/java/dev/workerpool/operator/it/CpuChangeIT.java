package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Another CPU reaches running replicas in place, or by replacing them where it cannot. */
@ExtendWith(ApiServer.class)
class CpuChangeIT extends LiveChange {

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
        String given = "{requests: {cpu: %1$s}, limits: {cpu: %1$s}}".formatted(cpu);
        cluster.setPodStatus(
                "thumbnails-" + index, workers.get(index).running(started).resources(given));
    }

    @Test
    void aNodeThatHasNotGotTheCpuIsTold() {
        runPool("{replicas: 1, resources: {limits: {cpu: 1}}}", 1);
        cluster.apply("thumbnails", "{replicas: 1, resources: {limits: {cpu: 300}}}");
        awaitThat(() -> assertThat(cpu(0)).isEqualTo("300/300"));

        cluster.setPodStatus("thumbnails-0", workers.getFirst().running(started).condition("""
                        {type: PodResizePending, status: "True", reason: Infeasible, message: "Node didn't have enough capacity"}"""));

        awaitThat(() -> {
            var degraded = cluster.condition("thumbnails", "Degraded");
            assertThat(degraded.reason()).isEqualTo("CpuNotChanged");
            assertThat(degraded.message())
                    .isEqualTo("replica thumbnails-0 serves on with the CPU it has, its node cannot give it another:"
                            + " Node didn't have enough capacity");
            assertThat(cluster.condition("thumbnails", "Available").status()).isEqualTo("True");
        });
    }

    @Test
    void aResizeThatFailsForNowIsTriedAgainAndNoTrouble() throws Exception {
        cluster.stopOperator();
        try (var api = new FaultyApi(cluster.config())) {
            cluster.startOperator(api.config(), cluster.requests());
            runPool("{replicas: 1, resources: {limits: {cpu: 1}}}", 1);
            api.fail(request -> request.getRequestURI().getPath().endsWith("/resize") ? 500 : 0);

            cluster.apply("thumbnails", "{replicas: 1, resources: {limits: {cpu: 3}}}");

            awaitThat(() -> assertThat(
                            cluster.condition("thumbnails", "Progressing").message())
                    .isEqualTo("replica thumbnails-0 serves on with the CPU it has: made up"));
            assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False");
            api.recover();
            awaitThat(() -> assertThat(cpu(0)).isEqualTo("3/3"));
        }
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
        cluster.setPodStatus("thumbnails-0", workers.getFirst().running(started).condition("""
                        {type: PodResizePending, status: "True", reason: Deferred, lastTransitionTime: "%s"}""".formatted(
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
    void lessCpuThanItsInitContainersHaveReplacesAPodAndTheStatusSaysWhy() {
        String jars = "tasks: {artifacts: [{image: 'jars:1'}]}";
        runPool("{replicas: 1, resources: {limits: {cpu: 3}}, " + jars + "}", 1);

        cluster.apply("thumbnails", "{replicas: 1, resources: {limits: {cpu: 1}}, " + jars + "}");

        awaitThat(() -> {
            assertThat(templateCpu()).isEqualTo("1");
            assertThat(cluster.condition("thumbnails", "Progressing").message())
                    .isEqualTo("0 of 1 replicas are up to date; CPU is changed by replacing pods, for replica"
                            + " thumbnails-0 in place would keep the CPU of its init containers");
        });
        assertThat(cpu(0)).as("left as it is").isEqualTo("3/3");
    }

    @Test
    void aPodThatItsNodeCannotResizeIsReplacedAndTheStatusSaysWhy() {
        runPool("{replicas: 1, resources: {limits: {cpu: 1}}}", 1);
        cluster.setPodStatus("thumbnails-0", workers.getFirst().running(started).resources(""));

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
}
