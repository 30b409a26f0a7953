package dev.workerpool.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.APIResourceBuilder;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.APIResourceListBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

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
