package dev.workerpool.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
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
}
