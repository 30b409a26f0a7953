package dev.workerpool.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.Pools;
import dev.workerpool.operator.status.Pods;
import dev.workerpool.operator.status.Replica;
import io.fabric8.kubernetes.api.model.APIResourceBuilder;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.APIResourceListBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodSizesTest {

    private long now;
    private String resource = "pods";
    private int asked;
    private final PodSizes sizes = new PodSizes(cluster(), () -> now);

    @Test
    void aClusterThatIsUpgradedLearnsIt() {
        assertThat(sizes.arePossible()).isFalse();
        resource = "pods/resize";
        assertThat(sizes.arePossible()).as("not asked for each pass").isFalse();

        now += PodSizes.ASK_AGAIN.toNanos();

        assertThat(sizes.arePossible()).isTrue();
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void aYesStands() {
        resource = "pods/resize";
        assertThat(sizes.arePossible()).isTrue();
        resource = "pods";

        now += PodSizes.ASK_AGAIN.toNanos();

        assertThat(sizes.arePossible()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "2, 2, 1, false",
        "1, 2, 1, false",
        "2, 2, 1500m, false",
        "3, 2, 2, true",
        "2, 2, 3, true",
        "2, 2, 2, true"
    })
    void aPodInPlaceIsNeverSmallerThanItsInitContainers(String worker, String init, String asked, boolean suffices) {
        WorkerPool pool = Pools.pool("{resources: {limits: {cpu: " + asked + "}}}");
        Pod pod = Pods.pod("a", true, 0, Pods.RUNNING + "\nresources: {limits: {cpu: " + worker + "}}");
        pod.getSpec().getContainers().getFirst().setResources(limit(worker));
        pod.getSpec()
                .setInitContainers(List.of(
                        new ContainerBuilder().withResources(limit(init)).build()));

        assertThat(PodSizes.suffice(pool, List.of(new Replica(pod)), Optional.empty(), Instant.EPOCH))
                .isEqualTo(suffices);
    }

    @ParameterizedTest
    @CsvSource({
        "exceeded quota: cpu, 3, false",
        "exceeded quota: cpu, 1, true",
        "maximum cpu usage per Container is 2, 3, false",
        "minimum cpu usage per Container is 2, 1, false"
    })
    void aTemplateThatIsRefusedCatchesUpWhereThatMayHelp(String failure, String template, boolean suffices) {
        WorkerPool pool = Pools.pool("{resources: {limits: {cpu: 2}}}");
        Deployment deployment = Serialization.unmarshal("""
                apiVersion: apps/v1
                kind: Deployment
                spec: {template: {spec: {containers: [{name: worker, resources: {limits: {cpu: %s}}}]}}}
                status: {conditions: [{type: ReplicaFailure, status: "True", message: "pods x is forbidden: %s"}]}
                """.formatted(template, failure), Deployment.class);

        assertThat(PodSizes.suffice(pool, List.of(), Optional.of(deployment), Instant.EPOCH))
                .isEqualTo(suffices);
    }

    private static ResourceRequirements limit(String cpu) {
        return new ResourceRequirementsBuilder()
                .addToLimits("cpu", new Quantity(cpu))
                .build();
    }

    private KubernetesClient cluster() {
        return (KubernetesClient) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {KubernetesClient.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("getApiResources");
                    asked++;
                    return resources();
                });
    }

    private APIResourceList resources() {
        return new APIResourceListBuilder()
                .withResources(new APIResourceBuilder().withName(resource).build())
                .build();
    }
}
