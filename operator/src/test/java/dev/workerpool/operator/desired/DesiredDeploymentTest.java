package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DesiredDeploymentTest {

    @Test
    void belongsToThePool() {
        var metadata = deployment("{}").getMetadata();

        assertThat(metadata.getName()).isEqualTo("thumbnails");
        assertThat(metadata.getNamespace()).isEqualTo("images");
        assertThat(metadata.getOwnerReferences()).singleElement().satisfies(owner -> {
            assertThat(owner.getUid()).isEqualTo("6f1c");
            assertThat(owner.getController()).isTrue();
            assertThat(owner.getBlockOwnerDeletion()).isTrue();
        });
    }

    @Test
    void keepsItsSelectorWhateverTheSpec() {
        var selector = Map.of("workerpool.dev/pool", "thumbnails");

        assertThat(deployment("{labels: {team: media}}").getSpec().getSelector().getMatchLabels())
                .isEqualTo(selector);
        assertThat(podLabels("{labels: {team: media}}"))
                .containsAllEntriesOf(selector)
                .containsEntry("team", "media");
    }

    @Test
    void takesNoCapacityAwayInARollout() {
        var rolling = deployment("{replicas: 3}").getSpec().getStrategy().getRollingUpdate();

        assertThat(deployment("{replicas: 3}").getSpec().getReplicas()).isEqualTo(3);
        assertThat(rolling.getMaxUnavailable().getIntVal()).isZero();
    }

    @Test
    void tellsTheWorkerItsSettings() {
        assertThat(environment("""
                        threads: 4
                        queue: {capacity: 7, maxWait: 3s}
                        tasks: {timeout: 5s, maxBodySize: 1024Ki, maxAllocation: 536870912, sharedMemory: 0.5Gi, isolation: PerThread}
                        runs: {retention: 90s, retentionSize: 131072Ki}
                        config: {quality: "80", a: "b"}
                        drain: {timeout: 30s}
                        """))
                .containsEntry("WORKERPOOL_POOL", "thumbnails")
                .containsEntry("WORKERPOOL_THREADS", "4")
                .containsEntry("WORKERPOOL_QUEUE_CAPACITY", "7")
                .containsEntry("WORKERPOOL_QUEUE_MAX_WAIT", "3s")
                .containsEntry("WORKERPOOL_TASK_TIMEOUT", "5s")
                .containsEntry("WORKERPOOL_MAX_BODY_SIZE", "1Mi")
                .containsEntry("WORKERPOOL_MAX_ALLOCATION", "512Mi")
                .containsEntry("WORKERPOOL_SHARED_MEMORY", "512Mi")
                .containsEntry("WORKERPOOL_ISOLATION", "PerThread")
                .containsEntry("WORKERPOOL_RUN_RETENTION", "90s")
                .containsEntry("WORKERPOOL_RUN_RETENTION_SIZE", "128Mi")
                .containsEntry("WORKERPOOL_CONFIG", "{\"a\":\"b\",\"quality\":\"80\"}")
                .containsEntry("WORKERPOOL_DRAIN_TIMEOUT", "30s")
                .containsEntry("WORKERPOOL_DRAIN_DELAY", "3s");
    }

    @Test
    void leavesTheMemoryForRunsToTheWorkerWhereThePoolDoesNotSay() {
        assertThat(environment("{}"))
                .containsEntry("WORKERPOOL_RUN_RETENTION", "10m")
                .doesNotContainKey("WORKERPOOL_RUN_RETENTION_SIZE");
    }

    @Test
    void tellsTheWorkersHowToLogWhereTheReleaseSaysSo() {
        assertThat(environment("{}")).doesNotContainKey("WORKERPOOL_LOG_FORMAT");
        assertThat(environment(worker(DesiredDeployment.of(
                        Pools.pool(), Pools.RELEASE.loggingAs(Optional.of("json")), Optional.empty()))))
                .containsEntry("WORKERPOOL_LOG_FORMAT", "json");
    }

    @Test
    void keepsUsersVariablesLiteral() {
        assertThat(environment("{env: [{name: PRICE, value: $(HOME) costs 5$}]}"))
                .containsEntry("PRICE", "$$(HOME) costs 5$$");
    }

    @Test
    void usesTheReleasesImageUnlessThePoolNamesOne() {
        assertThat(worker("{}").getImage()).isEqualTo("workerpool/worker:test");
        assertThat(worker("{image: own:1, imagePullPolicy: Never}").getImage()).isEqualTo("own:1");
        assertThat(worker("{image: own:1, imagePullPolicy: Never}").getImagePullPolicy())
                .isEqualTo("Never");
    }

    @Test
    void givesTheKubeletTimeForTheWholeDrain() {
        assertThat(pod("{drain: {timeout: 30s}}").getTerminationGracePeriodSeconds())
                .isEqualTo(63);
        assertThat(pod("{drain: {timeout: 1500ms}}").getTerminationGracePeriodSeconds())
                .isEqualTo(35);
    }

    @Test
    void runsUnderTheRestrictedStandardWithoutAToken() {
        PodSpec pod = pod("{tasks: {artifacts: [{image: jars:1}]}}");

        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getInitContainers()).hasSize(2);
        assertThat(pod.getInitContainers()).allSatisfy(DesiredDeploymentTest::isRestricted);
        assertThat(pod.getContainers()).singleElement().satisfies(DesiredDeploymentTest::isRestricted);
    }

    private static void isRestricted(Container container) {
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    }

    @Test
    void mountsEachArtifactInItsOwnFolder() {
        PodSpec pod = pod("{tasks: {artifacts: [{configMap: jars}, {persistentVolumeClaim: store}, {image: more:2}]}}");

        assertThat(pod.getContainers().getFirst().getVolumeMounts())
                .filteredOn(mount -> mount.getMountPath().startsWith("/tasks"))
                .allMatch(VolumeMount::getReadOnly)
                .extracting(VolumeMount::getMountPath)
                .containsExactly("/tasks/0", "/tasks/1", "/tasks/2");
        Map<String, Volume> volumes = byName(pod.getVolumes(), Volume::getName);
        assertThat(volumes.get("tasks-0").getConfigMap().getName()).isEqualTo("jars");
        assertThat(volumes.get("tasks-1").getPersistentVolumeClaim().getClaimName())
                .isEqualTo("store");
        assertThat(volumes.get("tasks-2").getEmptyDir()).isNotNull();
    }

    @Test
    void copiesTheJarsOfAnImageThatHasNoShell() {
        PodSpec pod = pod("{image: own:1, tasks: {artifacts: [{image: more:2}]}}");

        assertThat(pod.getInitContainers())
                .extracting(
                        Container::getImage, container -> container.getCommand().getFirst())
                .containsExactly(tuple("own:1", "/bin/busybox"), tuple("more:2", "/copy/busybox"));
    }

    @Test
    void needsNoInitContainerWithoutImages() {
        assertThat(pod("{tasks: {artifacts: [{configMap: jars}]}}").getInitContainers())
                .isEmpty();
    }

    @Test
    void writesResourcesInCanonicalForm() {
        var resources =
                worker("{resources: {limits: {cpu: 1000m, memory: 1024Mi}}}").getResources();

        assertThat(resources.getLimits())
                .containsEntry("cpu", new Quantity("1"))
                .containsEntry("memory", new Quantity("1", "Gi"));
        assertThat(resources.getRequests()).isEmpty();
    }

    @Test
    void placesReplicasAsTheSpecSays() {
        PodSpec pod = pod("""
                scheduling:
                  nodeSelector: {disk: ssd}
                  tolerations: [{key: dedicated, value: cpu, effect: NoSchedule}]
                  topologySpread: [{topologyKey: topology.kubernetes.io/zone}]
                """);

        assertThat(pod.getNodeSelector()).containsEntry("disk", "ssd");
        assertThat(pod.getTolerations()).singleElement().satisfies(toleration -> {
            assertThat(toleration.getOperator()).isEqualTo("Equal");
            assertThat(toleration.getValue()).isEqualTo("cpu");
        });
        assertThat(pod.getTopologySpreadConstraints()).singleElement().satisfies(spread -> {
            assertThat(spread.getMaxSkew()).isEqualTo(1);
            assertThat(spread.getLabelSelector().getMatchLabels()).containsEntry("workerpool.dev/pool", "thumbnails");
        });
    }

    @Test
    void isTheSameForTheSamePool() {
        String spec = "{config: {z: '1', a: '2'}, labels: {z: '1', a: '2'}, tasks: {artifacts: [{image: jars:1}]}}";

        assertThat(deployment(spec)).isEqualTo(deployment(spec));
    }

    private static Deployment deployment(String spec) {
        return DesiredDeployment.of(Pools.pool(spec), Pools.RELEASE, Optional.empty());
    }

    private static PodSpec pod(String spec) {
        return deployment(spec).getSpec().getTemplate().getSpec();
    }

    private static Container worker(String spec) {
        return worker(deployment(spec));
    }

    private static Container worker(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
    }

    private static Map<String, String> podLabels(String spec) {
        return deployment(spec).getSpec().getTemplate().getMetadata().getLabels();
    }

    private static Map<String, String> environment(String spec) {
        return environment(worker(spec));
    }

    private static Map<String, String> environment(Container worker) {
        var environment = new TreeMap<String, String>();
        for (EnvVar variable : worker.getEnv()) {
            if (variable.getValue() != null) {
                environment.put(variable.getName(), variable.getValue());
            }
        }
        return environment;
    }

    private static <T> Map<String, T> byName(Iterable<T> things, Function<T, String> name) {
        var named = new TreeMap<String, T>();
        things.forEach(thing -> named.put(name.apply(thing), thing));
        return named;
    }
}
