package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.CHILDREN;
import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
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

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            spec: {ports: [{port: 4711}]}
            """;
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            spec:
              replicas: 7
              selector: {matchLabels: {app: web}}
              template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: 'web:1'}]}}
            """;
    private static final String BUDGET = """
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            spec: {minAvailable: 7, selector: {matchLabels: {app: web}}}
            """;
    private static final String POLICY = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            spec: {podSelector: {matchLabels: {app: web}}}
            """;

    @AutoClose
    private Cluster cluster;

    @BeforeEach
    void startOperator(ApiServer.Running server) {
        cluster = new Cluster(server).startOperator();
    }

    static Stream<Arguments> foreignObjects() {
        return Stream.of(
                Arguments.of("Service", "of nobody", SERVICE, NO_LABELS, List.of()),
                Arguments.of("Service", "of nobody, labelled like ours", SERVICE, LABELLED_LIKE_OURS, List.of()),
                Arguments.of(
                        "Service", "of another controller", SERVICE, NO_LABELS, List.of(owner("ReplicaSet", "web"))),
                Arguments.of(
                        "Service",
                        "of an earlier pool of the name",
                        SERVICE,
                        LABELLED_LIKE_OURS,
                        List.of(owner("WorkerPool", "thumbnails"))),
                Arguments.of("Deployment", "of nobody", DEPLOYMENT, NO_LABELS, List.of()),
                Arguments.of(
                        "Deployment",
                        "of an earlier pool of the name",
                        DEPLOYMENT,
                        LABELLED_LIKE_OURS,
                        List.of(owner("WorkerPool", "thumbnails"))),
                Arguments.of("PodDisruptionBudget", "of nobody", BUDGET, NO_LABELS, List.of()),
                Arguments.of("NetworkPolicy", "of nobody", POLICY, NO_LABELS, List.of()));
    }

    @ParameterizedTest(name = "a {0} {1}")
    @MethodSource("foreignObjects")
    void leavesAForeignObjectAloneSaysSoAndRecovers(
            String kind, String whose, String object, Map<String, String> labels, List<OwnerReference> owners) {
        HasMetadata foreign = create(object, labels, owners);

        cluster.apply("thumbnails", "{replicas: 2}");

        awaitThat(() -> {
            var degraded = cluster.condition("thumbnails", "Degraded");
            assertThat(degraded.status()).isEqualTo("True");
            assertThat(degraded.reason()).isEqualTo("NameConflict");
            assertThat(degraded.message()).startsWith(kind + " thumbnails exists and belongs to ");
            assertThat(CHILDREN).allSatisfy(type -> assertThat(cluster.child(type, "thumbnails"))
                    .isNotNull());
        });
        assertThat(cluster.child(foreign.getClass(), "thumbnails")).isEqualTo(foreign);

        cluster.admin().resource(foreign).delete();

        String pool = cluster.pool("thumbnails").getMetadata().getUid();
        awaitThat(() -> {
            assertThat(CHILDREN).allSatisfy(type -> assertThat(
                            cluster.child(type, "thumbnails").getMetadata().getOwnerReferences())
                    .extracting(OwnerReference::getUid)
                    .containsExactly(pool));
            assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False");
        });
    }

    private HasMetadata create(String object, Map<String, String> labels, List<OwnerReference> owners) {
        HasMetadata foreign = Serialization.unmarshal(object);
        foreign.setMetadata(new ObjectMetaBuilder()
                .withName("thumbnails")
                .withNamespace(cluster.namespace())
                .withLabels(labels)
                .withOwnerReferences(owners)
                .build());
        return cluster.admin().resource(foreign).create();
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
