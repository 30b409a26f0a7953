package dev.workerpool.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.Pools;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which pods are replicas. */
class PodWatchTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [{kind: ReplicaSet, name: thumbnails-5d4f, uid: a, controller: true}]    | true
            [{kind: ReplicaSet, name: thumbnails-5d4f, uid: a}]                      | false
            [{kind: ReplicaSet, name: other-5d4f, uid: a, controller: true}]         | false
            [{kind: ReplicaSet, name: thumbnails-x-5d4f, uid: a, controller: true}]  | false
            [{kind: StatefulSet, name: thumbnails-5d4f, uid: a, controller: true}]   | false
            []                                                                       | false
            """)
    void onlyThoseThatThePoolsDeploymentMade(String owners, boolean replica) {
        Pod pod = Serialization.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: thumbnails-5d4f-x
                  labels: {workerpool.dev/pool: thumbnails, pod-template-hash: 5d4f}
                  ownerReferences: %s
                """.formatted(owners), Pod.class);

        assertThat(PodWatch.isMadeFor("thumbnails", pod)).isEqualTo(replica);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-01T12:00:00Z, true",
        "2026-01-01T11:59:58Z, true",
        "2026-01-01T11:59:57Z, false",
        "2025-12-31T12:00:00Z, false"
    })
    void thoseOfAPoolThatHadTheNameBeforeAreNone(String made, boolean replica) {
        WorkerPool pool = made(Pools.pool(), "2026-01-01T12:00:00Z");
        Deployment deployment = made(new DeploymentBuilder().build(), "2026-01-01T12:00:01Z");

        assertThat(PodWatch.isMadeSince(PodWatch.since(pool, Optional.of(deployment)), made(new Pod(), made)))
                .isEqualTo(replica);
        assertThat(PodWatch.isMadeSince(PodWatch.since(pool, Optional.empty()), made(new Pod(), made)))
                .isEqualTo(replica);
    }

    @Test
    void thoseOfAnOlderDeploymentThatThePoolWasGivenAre() {
        WorkerPool pool = made(Pools.pool(), "2026-01-01T12:00:00Z");
        Deployment deployment = made(new DeploymentBuilder().build(), "2025-12-01T12:00:00Z");
        Pod pod = made(new Pod(), "2025-12-01T12:00:01Z");

        assertThat(PodWatch.isMadeSince(PodWatch.since(pool, Optional.of(deployment)), pod))
                .isTrue();
    }

    private static <T extends HasMetadata> T made(T object, String at) {
        if (object.getMetadata() == null) {
            object.setMetadata(new ObjectMeta());
        }
        object.getMetadata().setCreationTimestamp(at);
        return object;
    }
}
