package dev.workerpool.operator.dependent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CompactStoreTest {
    private final CompactStore<Service> store = new CompactStore<>(
            Service.class, new KubernetesSerialization(), CompactStoreTest::stripped, service -> service.setSpec(null));

    @Test
    void givesBackWhatItWasGiven() {
        Service service = service("a", "1");
        assertThat(store.put(store.getKey(service), new ServiceBuilder(service).build()))
                .isNull();
        assertThat(store.get("space/a")).isEqualTo(service);
        assertThat(store.get("space/b")).isNull();
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
    void tellsTheStateOfWhatItKeepsWithoutMakingIt() {
        Service first = service("a", "1");
        long state = ObjectState.of(first);
        store.put("space/a", first);
        assertThat(store.state("space/a")).isEqualTo(state).isEqualTo(ObjectState.of(store.get("space/a")));

        store.put("space/a", service("a", "2"));
        assertThat(store.state("space/a")).isNotEqualTo(state).isEqualTo(ObjectState.of(store.get("space/a")));

        store.remove("space/a");
        assertThat(store.state("space/a")).isEqualTo(ObjectState.NONE);
    }

    @Test
    void anObjectLikeTheOthersTakesLittle() {
        put("a", noise(1));
        put("b", noise(1));

        assertThat(store.bytes("space/a")).isGreaterThan(2000);
        assertThat(store.bytes("space/b")).isLessThan(200);
        assertThat(note("b")).isEqualTo(noise(1));
    }

    @Test
    void whatBecomesAlikeTakesLittleInTheEnd() {
        // Noise: nothing but a sample could make it small.
        String early = noise(1);
        String late = noise(2);
        for (int number = 0; number < 300; number++) {
            put("early-" + number, early);
        }
        for (int number = 0; number < 300; number++) {
            put("late-" + number, late);
        }

        assertThat(store.bytes("space/early-299")).isLessThan(200);
        assertThat(store.bytes("space/late-0")).isGreaterThan(2000);
        assertThat(store.bytes("space/late-299")).isLessThan(200);
        assertThat(store.keySet()).allSatisfy(key -> assertThat(
                        store.get(key).getMetadata().getLabels().get("note"))
                .isEqualTo(key.startsWith("space/early") ? early : late));
    }

    @Test
    void keepsWhatIsLongerThanASampleMayBe() {
        String text = noise(3).repeat(30);
        put("a", text);
        put("b", text);

        assertThat(note("a")).isEqualTo(text);
        assertThat(note("b")).isEqualTo(text);
    }

    @Test
    void whatIsKeptAndWhatIsListedHoldsNoMoreThanHandlersOfEventsRead() {
        Service service = service("a", "1");
        store.put("space/a", service);

        assertThat(service.getSpec()).isNull();
        assertThat(service.getMetadata().getResourceVersion()).isEqualTo("1");
        assertThat(store.values().toList()).extracting(Service::getSpec).containsOnlyNulls();
        assertThat(store.get("space/a").getSpec()).isNotNull();
        assertThat(store.put("space/a", service("a", "2")))
                .satisfies(before -> assertThat(before.getSpec()).isNull());
    }

    private void put(String name, String note) {
        Service service = service(name, "1");
        service.getMetadata().setLabels(Map.of("note", note));
        store.put(store.getKey(service), service);
    }

    private String note(String name) {
        return store.get("space/" + name).getMetadata().getLabels().get("note");
    }

    private static String noise(long seed) {
        var bytes = new byte[2000];
        new Random(seed).nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
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
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("space")
                .withResourceVersion(version)
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
