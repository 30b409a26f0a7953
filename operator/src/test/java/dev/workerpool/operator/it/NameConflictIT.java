package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An object that is there already and is somebody else's is never touched. */
@ExtendWith(ApiServer.class)
class NameConflictIT {

    private static final Map<String, String> NO_LABELS = Map.of();
    private static final Map<String, String> LABELLED_LIKE_OURS =
            Map.of("app.kubernetes.io/managed-by", "workerpool-operator", "workerpool.dev/pool", "thumbnails");

    private Cluster cluster;

    @BeforeEach
    void startOperator(ApiServer.Running server) {
        cluster = new Cluster(server).startOperator();
    }

    @AfterEach
    void stopOperator() {
        cluster.close();
    }

    static Stream<Arguments> foreignObjects() {
        return Stream.of(
                Arguments.of("of nobody", NO_LABELS, List.of()),
                Arguments.of("of nobody, labelled like ours", LABELLED_LIKE_OURS, List.of()),
                Arguments.of("of another controller", NO_LABELS, List.of(owner("ReplicaSet", "web"))),
                Arguments.of(
                        "of an earlier pool of the name",
                        LABELLED_LIKE_OURS,
                        List.of(owner("WorkerPool", "thumbnails"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("foreignObjects")
    void leavesAForeignObjectAloneSaysSoAndRecovers(
            String whose, Map<String, String> labels, List<OwnerReference> owners) {
        Service foreign = cluster.admin()
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("thumbnails")
                        .withNamespace(cluster.namespace())
                        .withLabels(labels)
                        .withOwnerReferences(owners)
                        .endMetadata()
                        .withNewSpec()
                        .addNewPort()
                        .withPort(4711)
                        .endPort()
                        .endSpec()
                        .build())
                .create();

        cluster.apply("thumbnails", "{replicas: 2}");

        awaitThat(() -> {
            var degraded = cluster.condition("thumbnails", "Degraded");
            assertThat(degraded.status()).isEqualTo("True");
            assertThat(degraded.reason()).isEqualTo("NameConflict");
            assertThat(degraded.message()).contains("Service thumbnails exists and belongs to ");
            assertThat(cluster.deployment("thumbnails")).isNotNull();
            assertThat(cluster.child(NetworkPolicy.class, "thumbnails")).isNotNull();
        });
        assertThat(cluster.child(Service.class, "thumbnails")).isEqualTo(foreign);

        cluster.admin().resource(foreign).delete();

        awaitThat(() -> {
            assertThat(cluster.child(Service.class, "thumbnails")).isNotNull();
            assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False");
        });
    }

    private static OwnerReference owner(String kind, String name) {
        return new OwnerReferenceBuilder()
                .withApiVersion(kind.equals("WorkerPool") ? "workerpool.dev/v1alpha1" : "apps/v1")
                .withKind(kind)
                .withName(name)
                .withUid("00000000-0000-0000-0000-000000000001")
                .withController(true)
                .build();
    }
}
