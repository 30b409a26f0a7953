package dev.workerpool.e2e.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.Command;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Operator;
import dev.workerpool.e2e.harness.OperatorTest;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart: tested, upgraded, removed and put back while a pool is at work. */
@OperatorTest
class HelmE2E {
    private final TestNamespace namespace;
    private final Operator operator;
    private Pool pool;

    HelmE2E(TestNamespace namespace, Operator operator) {
        this.namespace = namespace;
        this.operator = operator;
    }

    @BeforeAll
    void apply() {
        pool = namespace.pool("lasting").apply("replicas: 2\nthreads: 1").awaitSettled();
    }

    @AfterAll
    void leaveItInstalled() {
        operator.install();
    }

    @Test
    void helmTestPasses() {
        assertThat(operator.helm(List.of("test", Operator.RELEASE, "-n", Operator.NAMESPACE)))
                .contains("Succeeded");
    }

    @ParameterizedTest
    @CsvSource({
        "get, secrets",
        "list, secrets",
        "create, serviceaccounts",
        "create, clusterroles.rbac.authorization.k8s.io",
        "create, rolebindings.rbac.authorization.k8s.io",
        "create, pods/exec",
        "update, workerpools.workerpool.dev",
        "delete, workerpools.workerpool.dev",
        "create, pods",
        "get, nodes",
        "impersonate, users"
    })
    void theOperatorHasNoRightTo(String verb, String resource) {
        Command.Result answer = operator.kubectl(
                        "auth",
                        "can-i",
                        verb,
                        resource,
                        "-A",
                        "--as=system:serviceaccount:%s:%s".formatted(Operator.NAMESPACE, Operator.NAME))
                .run();
        assertThat(answer.out().strip()).isEqualTo("no");
    }

    @Test
    void anUpgradeLeavesThePodsAlone() {
        Set<String> before = pool.podUids();
        try (Load load = Load.modest(pool).awaitAnswers(10)) {
            operator.install("log.format=json", "podAnnotations.upgraded=yes");
            pool.awaitSettled();
            load.awaitAnswers(10).stop().assertNothingFailed();
        }
        assertThat(pool.podUids()).isEqualTo(before);
        assertThat(operator.log().lines()).isNotEmpty().allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        operator.install();
    }

    @Test
    void anotherVersionRollsThePoolsThatLeaveTheImageToItAndBack() {
        String present = namespace.cluster().settings().workerImage();
        namespace.cluster().tagWorkerImage("next");
        namespace.cluster().tagOperatorImage("next");
        Pool following =
                namespace.pool("following").apply("replicas: 1\nthreads: 1").awaitSettled();
        Pool pinned = namespace
                .pool("pinned")
                .apply("replicas: 1\nthreads: 1\nimage: " + present)
                .awaitSettled();
        Set<String> pinnedPods = pinned.podUids();

        try (Load load = Load.modest(following).awaitAnswers(10);
                Load onPinned = Load.modest(pinned).awaitAnswers(10)) {
            holdUpChanges(120);
            operator.install("image.tag=next", "worker.image.tag=next");
            Pod young = Wait.forPresent("a replica of the next version", () -> following.pods().stream()
                    .filter(pod -> image(pod).endsWith(":next"))
                    .findFirst());
            assertVersionsPassToEachOther(following, young.getMetadata().getName());
            holdUpChanges(0);
            awaitImage(following, "workerpool/worker:next");

            operator.helm(List.of("rollback", Operator.RELEASE, "-n", Operator.NAMESPACE, "--wait"));
            awaitImage(following, present);
            load.awaitAnswers(10).stop().assertNothingFailed();
            onPinned.awaitAnswers(10).stop().assertNothingFailed();
        }
        assertThat(pinned.podUids()).isEqualTo(pinnedPods);
    }

    /** The old replica leaves so long after the new one takes tasks. The operator does not mind: the field is not one of its own. */
    private void holdUpChanges(int seconds) {
        namespace
                .kubectl(
                        "patch",
                        "deployment",
                        "following",
                        "-p",
                        "{\"spec\":{\"minReadySeconds\":%d}}".formatted(seconds))
                .out();
    }

    private static void assertVersionsPassToEachOther(Pool pool, String young) {
        Set<String> from = new HashSet<>();
        Set<String> to = new HashSet<>();
        Wait.until("requests were passed from the next version, and to it", () -> {
            for (Http.Answer answer : pool.sendAtOnce(12, Http.Request.json("/tasks/fibonacci", "{\"n\":30}"))) {
                assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
                if (!answer.connectedTo().equals(answer.replica())) {
                    from.add(answer.connectedTo());
                    to.add(answer.replica());
                }
            }
            return from.contains(young) && to.contains(young);
        });
        assertThat(pool.pods()).as("a replica of either version").hasSize(2);
    }

    private static void awaitImage(Pool pool, String image) {
        Wait.untilAsserted(
                "it runs " + image,
                () -> assertThat(pool.pods()).extracting(HelmE2E::image).containsExactly(image));
        pool.awaitSettled();
    }

    private static String image(Pod pod) {
        return pod.getSpec().getContainers().getFirst().getImage();
    }

    @Test
    void withoutTheReleaseThePoolsServeOnAndANewOneTakesThemOver() {
        Set<String> before = pool.podUids();
        try (Load load = Load.modest(pool).awaitAnswers(10)) {
            operator.uninstall();
            Wait.untilAsserted("nothing of the operator is left", () -> assertThat(leftOfTheOperator())
                    .isEmpty());
            assertThat(pool.get()).as("the pool, and so the CRD").isNotNull();
            load.awaitAnswers(10);
            operator.install();
            load.awaitAnswers(10).stop().assertNothingFailed();
        }
        assertThat(pool.podUids()).isEqualTo(before);
        pool.scale(3).awaitSettled();
        pool.scale(2).awaitSettled();
    }

    private String leftOfTheOperator() {
        String kinds = "deployments,pods,services,serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings";
        return operator.kubectl("get", kinds, "-l", "app.kubernetes.io/name=" + Operator.NAME, "-o", "name")
                .out();
    }

    @Test
    void aValueThatDoesNotExistIsRefused() {
        Command.Result refused = namespace
                .cluster()
                .helm(
                        "upgrade",
                        Operator.RELEASE,
                        namespace.cluster().settings().chart().toString(),
                        "-n",
                        Operator.NAMESPACE,
                        "--set",
                        "replica=2")
                .run();
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err()).contains("replica");
    }
}
