package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import org.junit.jupiter.api.Test;

class DesiredServiceTest {

    @Test
    void isOnePortInFrontOfAllReplicas() {
        Service service = DesiredService.of(Pools.pool("{service: {port: 9090}}"));

        assertThat(service.getSpec().getType()).isEqualTo("ClusterIP");
        assertThat(service.getSpec().getSelector()).containsEntry("workerpool.dev/pool", "thumbnails");
        assertThat(service.getSpec().getPorts()).singleElement().satisfies(port -> {
            assertThat(port.getPort()).isEqualTo(9090);
            assertThat(port.getTargetPort().getStrVal()).isEqualTo("tasks");
            assertThat(port.getNodePort()).isNull();
        });
    }

    @Test
    void asksForTheNodePort() {
        Service service = DesiredService.of(Pools.pool("{service: {type: NodePort, nodePort: 30800}}"));

        assertThat(service.getSpec().getType()).isEqualTo("NodePort");
        assertThat(service.getSpec().getPorts().getFirst().getNodePort()).isEqualTo(30_800);
    }

    @Test
    void saysThatItIsSpokenToOverTlsWhereThatIsSo() {
        assertThat(appProtocol("{}")).isNull();
        assertThat(appProtocol("{access: {tokens: {secretName: a}}}")).isNull();
        assertThat(appProtocol("{access: {tls: {secretName: a}}}")).isEqualTo("https");
    }

    private static String appProtocol(String spec) {
        return DesiredService.of(Pools.pool(spec))
                .getSpec()
                .getPorts()
                .getFirst()
                .getAppProtocol();
    }
}
