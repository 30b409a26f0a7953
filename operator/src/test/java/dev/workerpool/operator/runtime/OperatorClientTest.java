package dev.workerpool.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.ConfigBuilder;
import org.junit.jupiter.api.Test;

class OperatorClientTest {

    @Test
    void whoWroteWhichFieldIsPassedOver() {
        try (var client = OperatorClient.of(
                new ConfigBuilder().withMasterUrl("http://127.0.0.1:1").build(), new Fence(() -> true))) {
            Service service = client.getKubernetesSerialization().unmarshal("""
                            {"apiVersion": "v1", "kind": "Service", "metadata": {"managedFields":
                            [{"manager": "somebody", "operation": "Apply", "fieldsV1": {"f:spec": {"f:type": {}}}}],
                            "name": "thumbnails"}, "spec": {"type": "ClusterIP"}}
                            """, Service.class);

            assertThat(service.getMetadata().getManagedFields()).isEmpty();
            assertThat(service.getMetadata().getName()).isEqualTo("thumbnails");
            assertThat(service.getSpec().getType()).isEqualTo("ClusterIP");
        }
    }
}
