package dev.workerpool.operator.dependent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompactStoreTest {
    private final CompactStore<Service> store =
            new CompactStore<>(Service.class, new KubernetesSerialization(), CompactStoreTest::stripped);

    @Test
    void givesBackWhatItWasGiven() {
        Service service = service("a", "1");
        assertThat(store.put(store.getKey(service), service)).isNull();
        assertThat(store.get("space/a")).isEqualTo(service).isNotSameAs(service);
        assertThat(store.get("space/b")).isNull();
    }

    @Test
    void keepsWhoWroteWhichFieldForServerSideApplyIsComparedByIt() {
        store.put("space/a", service("a", "1"));
        assertThat(store.get("space/a")
                        .getMetadata()
                        .getManagedFields()
                        .getFirst()
                        .getFieldsV1())
                .extracting(FieldsV1::getAdditionalProperties)
                .isEqualTo(Map.of("f:spec", Map.of("f:type", Map.of())));
    }

    @Test
    void tellsWhatItReplacedAndRemoved() {
        store.put("space/a", service("a", "1"));
        assertThat(store.put("space/a", service("a", "2")).getMetadata().getResourceVersion())
                .isEqualTo("1");
        assertThat(store.remove("space/a").getMetadata().getResourceVersion()).isEqualTo("2");
        assertThat(store.remove("space/a")).isNull();
        assertThat(store.size()).isZero();
    }

    @Test
    void listsAll() {
        store.put("space/a", service("a", "1"));
        store.put("space/b", service("b", "2"));
        assertThat(store.keySet()).containsExactlyInAnyOrder("space/a", "space/b");
        assertThat(store.values())
                .extracting(service -> service.getMetadata().getName())
                .containsExactlyInAnyOrder("a", "b");
    }

    private static Service service(String name, String version) {
        var fields = new FieldsV1();
        fields.setAdditionalProperty("f:spec", Map.of("f:type", Map.of()));
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("space")
                .withResourceVersion(version)
                .withManagedFields(
                        new ManagedFieldsEntryBuilder().withFieldsV1(fields).build())
                .endMetadata()
                .withNewSpec()
                .withType("ClusterIP")
                .endSpec()
                .build();
    }

    @Test
    void leavesOutWhatNobodyReads() {
        Service service = service("a", "1");
        service.getMetadata().setAnnotations(Map.of("note", "long"));

        store.put("space/a", service);

        assertThat(store.get("space/a").getMetadata().getAnnotations()).isEmpty();
    }

    private static Service stripped(Service service) {
        return new ServiceBuilder(service)
                .editMetadata()
                .withAnnotations(Map.of())
                .endMetadata()
                .build();
    }
}
