package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.CHILDREN;
import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From a pool to its child objects, against a real API server. */
@ExtendWith(ApiServer.class)
class ReconcileIT {

    /** Every field away from its default, with values that the API server writes in another way than users do. */
    private static final String EVERY_FIELD = """
            {replicas: 3, threads: 4, queue: {capacity: 0, maxWait: 0s},
             tasks: {artifacts: [{image: "jars:1"}, {configMap: jars}, {persistentVolumeClaim: store}],
                     timeout: 500ms, maxBodySize: 2048Ki, maxAllocation: 0.5Gi, sharedMemory: 0.25Gi, isolation: PerThread},
             runs: {retention: 1m, retentionSize: 131072Ki},
             config: {b: "2", a: "", "c.d": "$(HOME) ü"}, image: "own:1", imagePullPolicy: Always,
             resources: {limits: {cpu: 1000m, memory: 1024Mi}, requests: {cpu: "0.25", memory: "67108864"}},
             service: {port: 80, type: NodePort, nodePort: 30123},
             access: {tls: {secretName: tls}, tokens: {secretName: tokens}},
             drain: {timeout: 1m},
             scheduling: {nodeSelector: {disk: ""},
                          tolerations: [{operator: Exists}, {key: a, value: b, effect: NoExecute, tolerationSeconds: 0},
                                        {key: c, value: ""}],
                          topologySpread: [{topologyKey: zone, maxSkew: 2, whenUnsatisfiable: DoNotSchedule}]},
             env: [{name: EMPTY}, {name: A, value: "$(B) $"}],
             labels: {team: images, empty: ""}}
            """;

    @AutoClose
    private Cluster cluster;

    @BeforeEach
    void startOperator(ApiServer.Running server) {
        cluster = new Cluster(server).startOperator();
    }

    @Test
    void makesTheFourChildrenOfAPoolAndOwnsThem() {
        WorkerPool pool = cluster.apply("thumbnails", "{replicas: 2, threads: 4}");
        cluster.awaitReconciled("thumbnails");

        for (Class<? extends HasMetadata> type : CHILDREN) {
            HasMetadata child = cluster.child(type, "thumbnails");
            assertThat(child.getMetadata().getLabels()).containsEntry("workerpool.dev/pool", "thumbnails");
            assertThat(child.getMetadata().getOwnerReferences()).singleElement().satisfies(owner -> {
                assertThat(owner.getUid()).isEqualTo(pool.getMetadata().getUid());
                assertThat(owner.getController()).isTrue();
                assertThat(owner.getBlockOwnerDeletion()).isTrue();
            });
            assertThat(child.getMetadata().getManagedFields())
                    .extracting(ManagedFieldsEntry::getManager, ManagedFieldsEntry::getOperation)
                    .containsExactly(org.assertj.core.api.Assertions.tuple("workerpool-operator", "Apply"));
        }
        assertThat(cluster.pool("thumbnails").getMetadata().getFinalizers()).isEmpty();
    }

    @Test
    void aPoolHasADisruptionBudgetFromItsSecondReplicaOn() {
        cluster.apply("thumbnails", "{replicas: 1}");
        cluster.awaitReconciled("thumbnails");
        assertThat(cluster.child(PodDisruptionBudget.class, "thumbnails")).isNull();

        cluster.apply("thumbnails", "{replicas: 2}");
        cluster.awaitReconciled("thumbnails");
        String uid = cluster.child(PodDisruptionBudget.class, "thumbnails")
                .getMetadata()
                .getUid();

        cluster.apply("thumbnails", "{replicas: 1}");
        cluster.awaitReconciled("thumbnails");
        assertThat(cluster.child(PodDisruptionBudget.class, "thumbnails")
                        .getMetadata()
                        .getUid())
                .isEqualTo(uid);
    }

    @Test
    void followsEveryChangeOfTheSpec() {
        cluster.apply("thumbnails", "{replicas: 2, config: {a: '1'}, env: [{name: A, value: b}]}");
        cluster.awaitReconciled("thumbnails");

        cluster.apply("thumbnails", "{replicas: 5, image: 'other:2', service: {port: 9090}}");

        awaitThat(() -> {
            Deployment deployment = cluster.deployment("thumbnails");
            assertThat(deployment.getSpec().getReplicas()).isEqualTo(5);
            var worker =
                    deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
            assertThat(worker.getImage()).isEqualTo("other:2");
            assertThat(worker.getEnv()).noneMatch(variable -> variable.getName().equals("A"));
            assertThat(cluster.child(Service.class, "thumbnails")
                            .getSpec()
                            .getPorts()
                            .getFirst()
                            .getPort())
                    .isEqualTo(9090);
        });
        cluster.awaitReconciled("thumbnails");
    }

    @Test
    void aCopyOfAChildDoesNotStopThePool() {
        cluster.apply("thumbnails", "{replicas: 2}");
        cluster.awaitReconciled("thumbnails");
        Deployment deployment = cluster.deployment("thumbnails");
        deployment.setMetadata(new ObjectMetaBuilder()
                .withName("canary")
                .withNamespace(cluster.namespace())
                .withLabels(deployment.getMetadata().getLabels())
                .withOwnerReferences(deployment.getMetadata().getOwnerReferences())
                .build());
        cluster.admin().resource(deployment).create();

        cluster.apply("thumbnails", "{replicas: 5}");

        awaitThat(() -> assertThat(cluster.deployment("thumbnails").getSpec().getReplicas())
                .isEqualTo(5));
        cluster.awaitReconciled("thumbnails");
        assertThat(cluster.deployment("canary").getSpec().getReplicas()).isEqualTo(2);
    }

    @Test
    void writesNothingOnceNothingChanges() {
        cluster.apply("plain", "{}");
        cluster.apply("full", EVERY_FIELD);
        cluster.awaitReconciled("plain");
        cluster.awaitReconciled("full");

        List<String> writes = cluster.awaitQuiet();

        assertThat(writes).noneMatch(write -> write.matches("PATCH .*/workerpools/[^/]+"));
        assertThat(writes).hasSizeLessThan(24);
    }

    @Test
    void writesNothingWhenAChildChangesInWhatIsNotOurs() {
        cluster.apply("plain", "{}");
        // A node port belongs to the whole cluster, and other tests' pools are still there.
        cluster.apply("full", EVERY_FIELD.replace("30123", "30124"));
        cluster.awaitReconciled("plain");
        cluster.awaitReconciled("full");
        List<String> before = cluster.awaitQuiet();

        cluster.annotateDeployment("plain");
        cluster.annotateDeployment("full");

        assertThat(cluster.awaitQuiet()).isEqualTo(before);
    }

    @Test
    void neverWritesTheSpec() {
        cluster.apply("thumbnails", "{replicas: 2}");
        cluster.awaitReconciled("thumbnails");

        cluster.admin()
                .resources(WorkerPool.class)
                .inNamespace(cluster.namespace())
                .withName("thumbnails")
                .scale(4);

        awaitThat(() -> assertThat(cluster.deployment("thumbnails").getSpec().getReplicas())
                .isEqualTo(4));
        cluster.awaitReconciled("thumbnails");
        assertThat(cluster.pool("thumbnails").getSpec().replicas()).isEqualTo(4);
        assertThat(cluster.pool("thumbnails").getMetadata().getManagedFields())
                .filteredOn(entry -> entry.getManager().equals("workerpool-operator"))
                .allMatch(entry -> "status".equals(entry.getSubresource()))
                .isNotEmpty();
        assertThat(cluster.requests().writes()).noneMatch(write -> write.matches(".*/workerpools/[^/]+"));
    }

    @Test
    void makesAgainWhatWasDeleted() {
        cluster.apply("thumbnails", "{replicas: 2}");
        cluster.awaitReconciled("thumbnails");

        for (Class<? extends HasMetadata> type : CHILDREN) {
            String uid = cluster.child(type, "thumbnails").getMetadata().getUid();
            cluster.admin().resource(cluster.child(type, "thumbnails")).delete();
            awaitThat(() -> assertThat(cluster.child(type, "thumbnails"))
                    .isNotNull()
                    .satisfies(again -> assertThat(again.getMetadata().getUid()).isNotEqualTo(uid)));
        }
    }

    @Test
    void restoresWhatIsItsOwnAndLeavesWhatWasAdded() {
        cluster.apply("thumbnails", "{replicas: 2, env: [{name: A, value: b}]}");
        cluster.awaitReconciled("thumbnails");

        cluster.admin()
                .apps()
                .deployments()
                .inNamespace(cluster.namespace())
                .withName("thumbnails")
                .edit(deployment -> {
                    deployment.getSpec().setReplicas(7);
                    deployment
                            .getSpec()
                            .getTemplate()
                            .getSpec()
                            .getContainers()
                            .getFirst()
                            .setImage("evil:1");
                    deployment.getSpec().getTemplate().getSpec().setServiceAccountName("added");
                    deployment.getMetadata().getLabels().remove("app.kubernetes.io/name");
                    deployment.getMetadata().getLabels().put("added", "by-hand");
                    return deployment;
                });

        awaitThat(() -> {
            Deployment deployment = cluster.deployment("thumbnails");
            assertThat(deployment.getSpec().getReplicas()).isEqualTo(2);
            assertThat(deployment
                            .getSpec()
                            .getTemplate()
                            .getSpec()
                            .getContainers()
                            .getFirst()
                            .getImage())
                    .isEqualTo("workerpool/worker:test");
            assertThat(deployment.getMetadata().getLabels())
                    .containsEntry("app.kubernetes.io/name", "workerpool-worker")
                    .containsEntry("added", "by-hand");
            assertThat(deployment.getSpec().getTemplate().getSpec().getServiceAccountName())
                    .isEqualTo("added");
        });
    }

    @Test
    void putsThePortBackThatAnotherTookThePlaceOf() {
        cluster.apply("thumbnails", "{}");
        cluster.awaitReconciled("thumbnails");

        cluster.admin()
                .services()
                .inNamespace(cluster.namespace())
                .withName("thumbnails")
                .edit(service -> {
                    service.getSpec().getPorts().getFirst().setPort(9999);
                    return service;
                });

        awaitThat(() -> assertThat(
                        cluster.child(Service.class, "thumbnails").getSpec().getPorts())
                .extracting(ServicePort::getPort)
                .containsExactly(8000));
    }

    @Test
    void findsAChildWhoseLabelsWereTakenOff() {
        cluster.apply("thumbnails", "{}");
        cluster.awaitReconciled("thumbnails");
        String uid = cluster.child(Service.class, "thumbnails").getMetadata().getUid();

        cluster.admin()
                .services()
                .inNamespace(cluster.namespace())
                .withName("thumbnails")
                .edit(service -> {
                    service.getMetadata().setLabels(Map.of());
                    return service;
                });

        awaitThat(() -> {
            Service service = cluster.child(Service.class, "thumbnails");
            assertThat(service.getMetadata().getUid()).isEqualTo(uid);
            assertThat(service.getMetadata().getLabels()).containsEntry("workerpool.dev/pool", "thumbnails");
            assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False");
        });
    }
}
