package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.CHILDREN;
import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end state is that of a run without faults, and nothing more was made on the way. */
@ExtendWith(ApiServer.class)
class FaultsIT {

    @AutoClose
    private Cluster cluster;

    @BeforeEach
    void makeCluster(ApiServer.Running server) {
        cluster = new Cluster(server);
    }

    @ParameterizedTest(name = "after write {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void theNextOperatorFinishesWhatAKilledOneBegan(int writes) {
        var death = new Death(writes);
        cluster.startOperator(cluster.config(), death);
        cluster.apply("thumbnails", "{replicas: 2}");
        awaitThat(() -> assertThat(death.isDead() || isReconciled()).isTrue());
        cluster.stopOperator();
        Map<String, String> made = uids();

        cluster.startOperator();

        cluster.awaitReconciled("thumbnails");
        assertThat(uids())
                .as("nothing was made twice")
                .containsAllEntriesOf(made)
                .hasSize(4);
    }

    private boolean isReconciled() {
        WorkerPool pool = cluster.pool("thumbnails");
        return pool.getStatus() != null && uids().size() == 4;
    }

    private Map<String, String> uids() {
        Map<String, String> uids = new TreeMap<>();
        for (Class<? extends HasMetadata> type : CHILDREN) {
            HasMetadata child = cluster.child(type, "thumbnails");
            if (child != null) {
                uids.put(type.getSimpleName(), child.getMetadata().getUid());
            }
        }
        return uids;
    }

    @Test
    void catchesUpAfterTheApiServerWasAway() throws Exception {
        try (var api = new FaultyApi(cluster.config())) {
            cluster.startOperator(api.config(), cluster.requests());
            cluster.apply("thumbnails", "{replicas: 2}");
            cluster.awaitReconciled("thumbnails");

            api.goAway();
            cluster.apply("thumbnails", "{replicas: 3}");
            cluster.apply("second", "{}");
            cluster.admin()
                    .services()
                    .inNamespace(cluster.namespace())
                    .withName("thumbnails")
                    .delete();
            var attempts = new CopyOnWriteArrayList<String>();
            api.fail(request -> {
                attempts.add(request.getRequestURI().getPath());
                return FaultyApi.BROKEN;
            });
            awaitThat(() -> assertThat(attempts).hasSizeGreaterThan(10));
            api.recover();

            cluster.awaitReconciled("second");
            cluster.awaitReconciled("thumbnails");
            assertThat(cluster.deployment("thumbnails").getSpec().getReplicas()).isEqualTo(3);
        }
    }

    @ParameterizedTest(name = "of {0}")
    @ValueSource(ints = {403, 409, 429, 500, 503})
    void outlastsAStormOfRefusedWrites(int status) throws Exception {
        try (var api = new FaultyApi(cluster.config())) {
            var refused = new CopyOnWriteArrayList<String>();
            api.fail(request -> {
                if (request.getRequestMethod().equals("GET") || refused.size() > 12) {
                    return 0;
                }
                refused.add(request.getRequestURI().getPath());
                return status;
            });
            cluster.startOperator(api.config(), cluster.requests());
            cluster.apply("thumbnails", "{replicas: 2}");

            cluster.awaitReconciled("thumbnails");
            awaitThat(
                    () -> assertThat(cluster.condition("thumbnails", "Degraded").status())
                            .isEqualTo("False"));
        }
    }

    @Test
    void aChangeThatIsNotTakenForNowIsNotToldAsDone() throws Exception {
        try (var api = new FaultyApi(cluster.config())) {
            cluster.startOperator(api.config(), cluster.requests());
            cluster.apply("thumbnails", "{replicas: 0}");
            cluster.awaitReconciled("thumbnails");
            tellThatTheDeploymentIsComplete();
            awaitProgressing("Settled");

            api.fail(request -> request.getRequestURI().getPath().endsWith("/deployments/thumbnails") ? 500 : 0);
            cluster.apply("thumbnails", "{replicas: 0, image: 'b:1'}");

            cluster.awaitReconciled("thumbnails");
            var progressing = cluster.condition("thumbnails", "Progressing");
            assertThat(progressing.status()).isEqualTo("True");
            assertThat(progressing.reason()).isEqualTo("ApplyFailed");
            assertThat(progressing.message()).contains("made up");
            awaitThat(() -> {
                var degraded = cluster.condition("thumbnails", "Degraded");
                assertThat(degraded.reason()).as("when it lasts").isEqualTo("ApplyFailed");
                assertThat(degraded.message()).contains("made up");
            });

            api.recover();

            awaitProgressing("RollingOut");
            assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False");
            tellThatTheDeploymentIsComplete();
            awaitProgressing("Settled");
        }
    }

    private void tellThatTheDeploymentIsComplete() {
        long generation = cluster.deployment("thumbnails").getMetadata().getGeneration();
        cluster.setDeploymentStatus("thumbnails", "observedGeneration: " + generation);
    }

    private void awaitProgressing(String reason) {
        awaitThat(
                () -> assertThat(cluster.condition("thumbnails", "Progressing").reason())
                        .isEqualTo(reason));
    }

    @Test
    void takesUpEveryChangeThatComesWhileItWrites() throws Exception {
        try (var api = new FaultyApi(cluster.config())) {
            cluster.startOperator(api.config(), cluster.requests());
            cluster.apply("thumbnails", "{replicas: 1}");
            cluster.awaitReconciled("thumbnails");

            for (int i = 2; i <= 20; i++) {
                int replicas = i;
                var changed = new CountDownLatch(1);
                // The second change lands between the operator's reading and its write of the status.
                api.fail(request -> {
                    if (request.getRequestURI().getPath().endsWith("/status")) {
                        awaitLatch(changed);
                        api.recover();
                        cluster.apply("thumbnails", "{replicas: " + replicas + "}");
                    }
                    return 0;
                });
                cluster.apply("thumbnails", "{replicas: " + (replicas + 100) + "}");
                changed.countDown();
                awaitThat(() -> assertThat(
                                cluster.deployment("thumbnails").getSpec().getReplicas())
                        .isEqualTo(replicas));
            }
        }
    }

    @ParameterizedTest(name = "of {0}")
    @ValueSource(strings = {"deployments", "services", "networkpolicies", "poddisruptionbudgets"})
    void writesAChildOnceThoughItsWatchIsLate(String kind) throws Exception {
        try (var api = new FaultyApi(cluster.config())) {
            cluster.startOperator(api.config(), cluster.requests());
            // The watches stand.
            cluster.apply("first", "{replicas: 2}");
            cluster.awaitReconciled("first");

            CountDownLatch come = api.holdWatches(kind);
            cluster.apply("thumbnails", "{replicas: 2}");
            cluster.awaitReconciled("thumbnails");
            // The second pass comes when the first has ended, and what it wrote is counted.
            Class<? extends HasMetadata> other = kind.equals("services") ? NetworkPolicy.class : Service.class;
            awaitMadeAgain(other);
            awaitMadeAgain(other);
            come.countDown();
            awaitMadeAgain(other);

            assertThat(cluster.requests().writes())
                    .filteredOn(write -> write.endsWith("/" + kind + "/thumbnails"))
                    .hasSize(1);
        }
    }

    @Test
    void anOperatorWhoseListOfDeploymentsIsLateLeavesAnAutoscaledPoolAsItIs() throws Exception {
        cluster.startOperator();
        cluster.apply("thumbnails", "{replicas: 7, autoscaling: {maxReplicas: 9}}");
        cluster.awaitReconciled("thumbnails");
        cluster.stopOperator();
        // As if the number had not been told in the status either.
        cluster.admin()
                .resource(cluster.pool("thumbnails"))
                .subresource("status")
                .edit(pool -> {
                    pool.setStatus(null);
                    return pool;
                });
        cluster.apply("thumbnails", "{autoscaling: {maxReplicas: 9}}");
        long generation = cluster.deployment("thumbnails").getMetadata().getGeneration();
        double passes = cluster.passes();

        try (var api = new FaultyApi(cluster.config())) {
            var come = new CountDownLatch(1);
            api.fail(request -> {
                if (request.getRequestURI().getPath().endsWith("/deployments")) {
                    awaitLatch(come);
                }
                return 0;
            });
            cluster.startOperator(api.config(), cluster.requests());
            awaitThat(() -> assertThat(cluster.passes()).isGreaterThan(passes));
            come.countDown();

            cluster.awaitReconciled("thumbnails");
            assertThat(cluster.deployment("thumbnails").getSpec().getReplicas()).isEqualTo(7);
            assertThat(cluster.deployment("thumbnails").getMetadata().getGeneration())
                    .as("told nothing in between")
                    .isEqualTo(generation);
        }
    }

    private void awaitMadeAgain(Class<? extends HasMetadata> type) {
        HasMetadata child = cluster.child(type, "thumbnails");
        cluster.admin().resource(child).delete();
        awaitThat(
                () -> assertThat(cluster.child(type, "thumbnails").getMetadata().getUid())
                        .isNotEqualTo(child.getMetadata().getUid()));
    }

    @Test
    void makesAChildAgainThatWasDeletedBeforeItsWatchToldOfIt() throws Exception {
        try (var api = new FaultyApi(cluster.config())) {
            cluster.startOperator(api.config(), cluster.requests());
            cluster.apply("first", "{}");
            cluster.awaitReconciled("first");
            CountDownLatch come = api.holdWatches("services");
            cluster.apply("thumbnails", "{}");
            cluster.awaitReconciled("thumbnails");

            cluster.admin().resource(cluster.child(Service.class, "thumbnails")).delete();
            come.countDown();

            awaitThat(
                    () -> assertThat(cluster.child(Service.class, "thumbnails")).isNotNull());
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void endsWhereItBeganWhenASpecIsChangedBack() {
        cluster.startOperator();
        String a = "{replicas: 2, image: 'a:1', env: [{name: A, value: a}], service: {port: 80}}";
        cluster.apply("thumbnails", a);
        cluster.awaitReconciled("thumbnails");
        var before = specs();

        cluster.apply("thumbnails", "{replicas: 5, image: 'b:1', labels: {x: y}, tasks: {artifacts: [{image: j}]}}");
        cluster.apply("thumbnails", a);
        cluster.apply("thumbnails", "{threads: 9, resources: {limits: {cpu: 2}}, service: {type: NodePort}}");
        awaitThat(() -> assertThat(specs()).isNotEqualTo(before));
        cluster.apply("thumbnails", a);

        awaitThat(() -> assertThat(specs()).isEqualTo(before));
        cluster.awaitReconciled("thumbnails");
    }

    private List<Object> specs() {
        return List.of(
                cluster.deployment("thumbnails").getSpec(),
                cluster.child(Service.class, "thumbnails").getSpec(),
                cluster.child(io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy.class, "thumbnails")
                        .getSpec());
    }

    @Test
    void aRefusedChildIsToldAndTheRestGoesOn() {
        cluster.startOperator();
        cluster.apply("thumbnails", "{service: {type: NodePort, nodePort: 1}}");
        cluster.apply("other", "{}");

        awaitThat(() -> {
            var degraded = cluster.condition("thumbnails", "Degraded");
            assertThat(degraded.reason()).isEqualTo("ApplyFailed");
            assertThat(degraded.message()).contains("nodePort").contains("provided port is not in the valid range");
            var progressing = cluster.condition("thumbnails", "Progressing");
            assertThat(progressing.status()).isEqualTo("True");
            assertThat(progressing.message()).isEqualTo(degraded.message());
            assertThat(cluster.deployment("thumbnails")).isNotNull();
        });
        cluster.awaitReconciled("other");

        cluster.apply("thumbnails", "{service: {type: NodePort}}");

        cluster.awaitReconciled("thumbnails");
        awaitThat(() ->
                assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False"));
    }
}
