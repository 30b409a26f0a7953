package dev.workerpool.operator.dependent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ObjectStateTest {

    private static final String DEPLOYMENT = """
            metadata:
              {name: a, namespace: space, uid: u, resourceVersion: '17', generation: 3, labels: {a: b}, annotations: {c: d},
               ownerReferences: [{kind: WorkerPool, name: a, uid: o, controller: true}]}
            status: {readyReplicas: 1}
            """;

    private final long state = ObjectState.of(deployment());

    @Test
    void isTheSameAfterItWasPackedAndRead() {
        assertThat(ObjectState.of(Serialization.unmarshal(Serialization.asJson(deployment()), Deployment.class)))
                .isEqualTo(state)
                .isNotEqualTo(ObjectState.NONE);
    }

    @Test
    void changesWithWhatMayBeApplied() {
        assertChanges(deployment -> deployment.getMetadata().setGeneration(4L));
        assertChanges(deployment -> deployment.getMetadata().setUid("other"));
        assertChanges(deployment -> deployment.getMetadata().getLabels().put("a", "c"));
        assertChanges(deployment -> deployment.getMetadata().getLabels().remove("a"));
        assertChanges(deployment -> deployment.getMetadata().getAnnotations().put("e", ""));
        assertChanges(deployment ->
                deployment.getMetadata().getOwnerReferences().getFirst().setController(false));
    }

    @Test
    void doesNotChangeWithTheStatus() {
        Deployment other = deployment();
        other.getStatus().setReadyReplicas(0);
        other.getMetadata().setResourceVersion("18");

        assertThat(ObjectState.of(other)).isEqualTo(state);
    }

    @Test
    void ofAKindThatCountsNoChangesIsEachWriteAStateOfItsOwn() {
        Deployment one = deployment();
        one.getMetadata().setGeneration(null);
        Deployment other = deployment();
        other.getMetadata().setGeneration(null);
        other.getMetadata().setResourceVersion("18");

        assertThat(ObjectState.of(one)).isNotEqualTo(ObjectState.of(other));
    }

    @Test
    void ofAServiceTooThoughSomebodyGaveItAGeneration() {
        assertThat(ObjectState.of(service("1"))).isNotEqualTo(ObjectState.of(service("2")));
    }

    private static Service service(String version) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withUid("u")
                .withGeneration(1L)
                .withResourceVersion(version)
                .endMetadata()
                .build();
    }

    private void assertChanges(Consumer<Deployment> change) {
        Deployment changed = deployment();
        change.accept(changed);
        assertThat(ObjectState.of(changed)).isNotEqualTo(state);
    }

    private static Deployment deployment() {
        return Serialization.unmarshal(DEPLOYMENT, Deployment.class);
    }
}
