package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The Secrets of a pool come into its pods, change and go, with one write each. None of them exists here: nobody reads them. */
@ExtendWith(ApiServer.class)
class AccessIT {

    @AutoClose
    private Cluster cluster;

    @BeforeEach
    void startOperator(ApiServer.Running server) {
        cluster = new Cluster(server).startOperator();
    }

    @Test
    void isPutInChangedAndTakenOut() {
        cluster.apply("thumbnails", "{replicas: 2}");
        assertAccess(Optional.empty(), Optional.empty());

        cluster.apply(
                "thumbnails", "{replicas: 2, access: {tls: {secretName: a-tls}, tokens: {secretName: a-tokens}}}");
        assertAccess(Optional.of("a-tls"), Optional.of("a-tokens"));

        cluster.apply("thumbnails", "{replicas: 2, access: {tls: {secretName: b-tls}}}");
        assertAccess(Optional.of("b-tls"), Optional.empty());

        cluster.apply("thumbnails", "{replicas: 2, access: {tokens: {secretName: c-tokens}}}");
        assertAccess(Optional.empty(), Optional.of("c-tokens"));

        cluster.apply("thumbnails", "{replicas: 2}");
        assertAccess(Optional.empty(), Optional.empty());
    }

    /** Another number has the port taken out and put in; what was in it then must not outlive what it was for. */
    @Test
    void leavesNothingOnAPortThatCameTogetherWithIt() {
        cluster.apply("thumbnails", "{replicas: 2}");
        cluster.awaitReconciled("thumbnails");

        cluster.apply(
                "thumbnails",
                "{replicas: 2, service: {port: 8443, type: NodePort, nodePort: 30125}, access: {tls: {secretName: a-tls}}}");
        assertAccess(Optional.of("a-tls"), Optional.empty());
        assertThat(port().getPort()).isEqualTo(8443);
        assertThat(port().getNodePort()).isEqualTo(30125);

        cluster.apply("thumbnails", "{replicas: 2, service: {port: 8443}}");
        assertAccess(Optional.empty(), Optional.empty());
        assertThat(port().getPort()).isEqualTo(8443);
        assertThat(port().getNodePort()).isNull();
    }

    private void assertAccess(Optional<String> tls, Optional<String> tokens) {
        awaitThat(() -> {
            PodSpec pod = pod();
            assertThat(pod.getVolumes())
                    .filteredOn(volume -> volume.getProjected() != null)
                    .flatExtracting(volume -> volume.getProjected().getSources())
                    .extracting(VolumeProjection::getSecret)
                    .hasSize(tls.isPresent() ? 2 : 0)
                    .allMatch(secret -> secret.getName().equals(tls.orElseThrow()));
            assertThat(pod.getVolumes())
                    .filteredOn(volume -> volume.getSecret() != null)
                    .extracting(volume -> volume.getSecret().getSecretName())
                    .isEqualTo(tokens.stream().toList());
            assertThat(pod.getVolumes())
                    .extracting(Volume::getName)
                    .as("all others")
                    .containsOnlyOnce("tmp")
                    .hasSize(1 + (tls.isPresent() ? 1 : 0) + (tokens.isPresent() ? 1 : 0));
            assertThat(worker(pod).getVolumeMounts())
                    .extracting(VolumeMount::getName)
                    .hasSameSizeAs(pod.getVolumes());
            assertThat(worker(pod).getEnv())
                    .extracting(EnvVar::getName)
                    .matches(names -> names.contains("WORKERPOOL_TLS_DIR") == tls.isPresent())
                    .matches(names -> names.contains("WORKERPOOL_TOKENS_FILE") == tokens.isPresent());
            assertThat(cluster.child(Service.class, "thumbnails").getSpec().getPorts())
                    .singleElement()
                    .satisfies(port -> assertThat(port.getAppProtocol()).isEqualTo(tls.isPresent() ? "https" : null));
        });
        cluster.awaitReconciled("thumbnails");
        assertNothingMoreIsWritten();
    }

    /** Also not when the operator looks at it once more. */
    private void assertNothingMoreIsWritten() {
        List<String> settled = cluster.awaitQuiet();
        cluster.annotateDeployment("thumbnails");
        assertThat(cluster.awaitQuiet()).isEqualTo(settled);
    }

    private ServicePort port() {
        return cluster.child(Service.class, "thumbnails").getSpec().getPorts().getFirst();
    }

    private PodSpec pod() {
        return cluster.deployment("thumbnails").getSpec().getTemplate().getSpec();
    }

    private static Container worker(PodSpec pod) {
        return pod.getContainers().getFirst();
    }
}
