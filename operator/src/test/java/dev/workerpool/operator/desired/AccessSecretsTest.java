package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessSecretsTest {

    private static final String TLS = "tls: {secretName: thumbnails-tls}";
    private static final String TOKENS = "tokens: {secretName: thumbnails-tokens}";

    @Test
    void theCertificateItsKeyAndWhereThereIsOneItsAuthorityAreMounted() {
        PodSpec pod = pod("{access: {" + TLS + "}}");

        assertThat(volumes(pod)).containsOnlyKeys("tmp", "tls");
        assertThat(volumes(pod).get("tls")).isEqualTo(volume("""
                name: tls
                projected:
                  defaultMode: 288
                  sources:
                  - secret:
                      name: thumbnails-tls
                      items: [{key: tls.crt, path: tls.crt}, {key: tls.key, path: tls.key}]
                  - secret:
                      name: thumbnails-tls
                      items: [{key: ca.crt, path: ca.crt}]
                      optional: true
                """));
        assertThat(mounts(pod)).containsOnly(Map.entry("tmp", "/tmp"), Map.entry("tls", "/etc/workerpool/tls"));
        assertThat(accessVariables(pod)).containsOnly(Map.entry("WORKERPOOL_TLS_DIR", "/etc/workerpool/tls"));
    }

    @Test
    void ofTheOtherSecretTheTokensAreMountedAndNothingElse() {
        PodSpec pod = pod("{access: {" + TOKENS + "}}");

        assertThat(volumes(pod)).containsOnlyKeys("tmp", "tokens");
        assertThat(volumes(pod).get("tokens")).isEqualTo(volume("""
                name: tokens
                secret:
                  secretName: thumbnails-tokens
                  defaultMode: 288
                  items: [{key: tokens, path: tokens}]
                """));
        assertThat(mounts(pod)).containsOnly(Map.entry("tmp", "/tmp"), Map.entry("tokens", "/etc/workerpool/tokens"));
        assertThat(accessVariables(pod))
                .containsOnly(Map.entry("WORKERPOOL_TOKENS_FILE", "/etc/workerpool/tokens/tokens"));
    }

    @Test
    void bothStandBesideEachOtherAndBesideTheJars() {
        PodSpec pod = pod("{tasks: {artifacts: [{configMap: jars}]}, access: {" + TLS + ", " + TOKENS + "}}");

        assertThat(volumes(pod)).containsOnlyKeys("tmp", "tasks-0", "tls", "tokens");
        assertThat(mounts(pod)).containsOnlyKeys("tmp", "tasks-0", "tls", "tokens");
        assertThat(accessVariables(pod)).containsOnlyKeys("WORKERPOOL_TLS_DIR", "WORKERPOOL_TOKENS_FILE");
    }

    @Test
    void theWorkerCanWriteToNeitherAndSeesThemChange() {
        PodSpec pod = pod("{access: {" + TLS + ", " + TOKENS + "}}");

        assertThat(pod.getContainers().getFirst().getVolumeMounts())
                .filteredOn(mount -> mount.getMountPath().startsWith("/etc/workerpool"))
                .hasSize(2)
                .allMatch(VolumeMount::getReadOnly)
                .as("a file that is mounted by itself is never written anew")
                .allMatch(mount -> mount.getSubPath() == null);
    }

    @Test
    void whatCopiesTheJarsOfAnImageSeesNeither() {
        PodSpec pod = pod("{tasks: {artifacts: [{image: jars:1}]}, access: {" + TLS + ", " + TOKENS + "}}");

        assertThat(pod.getInitContainers()).hasSize(2).allSatisfy(container -> assertThat(container.getVolumeMounts())
                .noneMatch(mount -> mount.getMountPath().startsWith("/etc/workerpool")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{access: {}}", "{access: {tls: null, tokens: null}}", "{access: null}"})
    void nothingAskedForIsNothingMounted(String spec) {
        assertThat(Serialization.asJson(pod(spec))).isEqualTo(Serialization.asJson(pod("{}")));
        assertThat(volumes(pod(spec))).containsOnlyKeys("tmp");
        assertThat(accessVariables(pod(spec))).isEmpty();
    }

    @Test
    void saysWhatAPodWaitsFor() {
        assertThat(needed("{}")).isEmpty();
        assertThat(needed("{access: {" + TLS + ", " + TOKENS + "}}"))
                .containsExactly(
                        "Secret thumbnails-tls with tls.crt and tls.key",
                        "Secret thumbnails-tokens with the key tokens");
    }

    private static List<String> needed(String spec) {
        return new AccessSecrets(Pools.pool(spec).getSpec().access()).needed();
    }

    private static PodSpec pod(String spec) {
        return DesiredDeployment.of(Pools.pool(spec), Pools.RELEASE, Optional.empty())
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private static Map<String, Volume> volumes(PodSpec pod) {
        return pod.getVolumes().stream().collect(Collectors.toMap(Volume::getName, volume -> volume));
    }

    private static Volume volume(String yaml) {
        return Serialization.unmarshal(yaml, Volume.class);
    }

    private static Map<String, String> mounts(PodSpec pod) {
        return worker(pod).getVolumeMounts().stream()
                .collect(Collectors.toMap(VolumeMount::getName, VolumeMount::getMountPath));
    }

    private static Map<String, String> accessVariables(PodSpec pod) {
        return worker(pod).getEnv().stream()
                .filter(variable ->
                        variable.getName().contains("TLS") || variable.getName().contains("TOKENS"))
                .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
    }

    private static Container worker(PodSpec pod) {
        return pod.getContainers().getFirst();
    }
}
