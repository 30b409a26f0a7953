package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.SchedulingSpec;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolSpec;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pod of a replica, under the restricted Pod Security Standard: a fixed user, a read-only root, no token, no
 * capability. Nothing of it is the user's to choose but what the spec's allow-list has.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">Pod Security Standards</a>
 */
final class PodTemplate {

    private static final long USER = 65_532;

    /** Where endpoints follow late, a worker waits for four more drain delays before its drain begins. */
    private static final int MOST_DELAYS = 1 + 4;

    /**
     * After a drain that took all of its time a worker has 5 s for the last runs to get to other replicas, 3 s for the last
     * answers, 5 s for shared resources to close, and 2 s each for its connections and its traces; then the kubelet kills it.
     */
    private static final int EXIT_SECONDS = 18;

    private PodTemplate() {}

    static PodTemplateSpec of(WorkerPool pool, Release release) {
        WorkerPoolSpec spec = pool.getSpec();
        String image = spec.image() != null ? spec.image() : release.workerImage();
        var artifacts = new TaskArtifacts(spec, image);
        var access = new AccessSecrets(spec.access());
        PodTemplateSpec template = new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels(pool))
                .endMetadata()
                .withNewSpec()
                .withVolumes(volumes(artifacts, access))
                .withTerminationGracePeriodSeconds(gracePeriodSeconds(spec))
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withSecurityContext(podSecurity())
                .withNodeSelector(nodeSelector(spec.scheduling()))
                .withTolerations(tolerations(spec.scheduling()))
                .withTopologySpreadConstraints(topologySpread(pool))
                .endSpec()
                .build();
        // A builder copies what it is given, twice: what is large is set.
        template.getSpec().setInitContainers(artifacts.initContainers());
        template.getSpec().setContainers(List.of(WorkerContainer.of(pool, release, image, artifacts, access)));
        return template;
    }

    private static Map<String, String> labels(WorkerPool pool) {
        var labels = new TreeMap<>(pool.getSpec().labels());
        labels.putAll(ChildMetadata.labels(pool));
        return labels;
    }

    private static List<Volume> volumes(TaskArtifacts artifacts, AccessSecrets access) {
        var volumes = new ArrayList<Volume>();
        volumes.add(new VolumeBuilder()
                .withName(WorkerContainer.TMP_VOLUME)
                .withNewEmptyDir()
                .withSizeLimit(new Quantity("1", "Gi"))
                .endEmptyDir()
                .build());
        volumes.addAll(artifacts.volumes());
        volumes.addAll(access.volumes());
        return volumes;
    }

    private static long gracePeriodSeconds(WorkerPoolSpec spec) {
        Duration drain = Durations.parse(spec.drain().timeout());
        return drain.plusMillis(999).toSeconds() + MOST_DELAYS * WorkerContainer.DRAIN_DELAY_SECONDS + EXIT_SECONDS;
    }

    private static PodSecurityContext podSecurity() {
        return new PodSecurityContextBuilder()
                .withRunAsNonRoot(true)
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withFsGroup(USER)
                // Else the kubelet walks through a large claim at every start.
                .withFsGroupChangePolicy("OnRootMismatch")
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .build();
    }

    static SecurityContext containerSecurity() {
        return new SecurityContextBuilder()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build();
    }

    private static Map<String, String> nodeSelector(SchedulingSpec scheduling) {
        return scheduling.nodeSelector().isEmpty() ? null : new TreeMap<>(scheduling.nodeSelector());
    }

    private static List<Toleration> tolerations(SchedulingSpec scheduling) {
        return scheduling.tolerations().stream()
                .map(toleration -> new TolerationBuilder()
                        .withKey(toleration.key())
                        .withOperator(toleration.operator())
                        .withValue(asStored(toleration.value()))
                        .withEffect(toleration.effect())
                        .withTolerationSeconds(toleration.tolerationSeconds())
                        .build())
                .toList();
    }

    /** An empty one is the same as none to the API server, which leaves it out. */
    private static String asStored(String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    private static List<TopologySpreadConstraint> topologySpread(WorkerPool pool) {
        return pool.getSpec().scheduling().topologySpread().stream()
                .map(spread -> new TopologySpreadConstraintBuilder()
                        .withTopologyKey(spread.topologyKey())
                        .withMaxSkew(spread.maxSkew())
                        .withWhenUnsatisfiable(spread.whenUnsatisfiable())
                        .withLabelSelector(ChildMetadata.selector(pool))
                        .build())
                .toList();
    }
}
