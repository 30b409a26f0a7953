package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.CHILDREN;
import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.apiserver.ApiServer;
import dev.workerpool.operator.dependent.ObjectState;
import dev.workerpool.operator.desired.ChildrenDigest;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an operator that starts believes of the children that another has left. */
@ExtendWith(ApiServer.class)
class SettledChildrenIT {

    private static final String POOL = "thumbnails";

    @AutoClose
    private Cluster cluster;

    /** Each takes from a child what is applied to it. */
    private enum Change {
        REPLICAS(Deployment.class, child -> ((Deployment) child).getSpec().setReplicas(7)),
        PORT(
                Service.class,
                child -> ((Service) child).getSpec().getPorts().getFirst().setTargetPort(new IntOrString(9))),
        BUDGET(
                PodDisruptionBudget.class,
                child -> ((PodDisruptionBudget) child).getSpec().setMaxUnavailable(new IntOrString(2))),
        POLICY(NetworkPolicy.class, child -> ((NetworkPolicy) child).getSpec().setIngress(List.of())),
        LABEL(Deployment.class, child -> child.getMetadata().getLabels().remove("app.kubernetes.io/name")),
        NOTE(Service.class, child -> child.getMetadata().setAnnotations(Map.of()));

        private final Class<? extends HasMetadata> kind;
        private final Consumer<HasMetadata> change;

        Change(Class<? extends HasMetadata> kind, Consumer<HasMetadata> change) {
            this.kind = kind;
            this.change = change;
        }
    }

    @BeforeEach
    void aPoolThatHasSettled(ApiServer.Running server) {
        cluster = new Cluster(server).startOperator();
        cluster.apply(POOL, "{replicas: 2}");
        cluster.awaitReconciled(POOL);
        tellOfAnotherCondition();
        awaitThat(() -> assertThat(digest()).isEqualTo(digestOfWhatIsThere()));
    }

    @ParameterizedTest
    @EnumSource
    void whatWasChangedWhileNoOperatorRanIsPutBack(Change change) {
        cluster.stopOperator();
        HasMetadata before = cluster.child(change.kind, POOL);
        change(change);

        cluster.startOperator();

        awaitThat(() -> {
            HasMetadata after = cluster.child(change.kind, POOL);
            HasMetadata changed = cluster.child(change.kind, POOL);
            change.change.accept(changed);
            assertThat(after).isNotEqualTo(changed);
            assertThat(after.getMetadata().getLabels())
                    .isEqualTo(before.getMetadata().getLabels());
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatIsChangedWhileItRunsIsPutBack(Change change) {
        change(change);

        awaitThat(() -> {
            HasMetadata changed = cluster.child(change.kind, POOL);
            HasMetadata after = cluster.child(change.kind, POOL);
            change.change.accept(changed);
            assertThat(after).isNotEqualTo(changed);
        });
    }

    @Test
    void whatWentWhileNoOperatorRanIsMadeAgain() {
        cluster.stopOperator();
        CHILDREN.forEach(
                kind -> cluster.admin().resource(cluster.child(kind, POOL)).delete());

        cluster.startOperator();

        awaitThat(() -> assertThat(CHILDREN)
                .allSatisfy(kind -> assertThat(cluster.child(kind, POOL)).isNotNull()));
    }

    @Test
    void whatTheStatusSaysWasLookedIntoIsNotLookedIntoAgain() {
        cluster.stopOperator();
        change(Change.REPLICAS);
        writeDigest(digestOfWhatIsThere());

        startOperatorAndAwaitItsPass();
        assertThat(cluster.awaitQuiet()).noneMatch(write -> write.endsWith("/deployments/" + POOL + "/scale"));
        assertThat(cluster.deployment(POOL).getSpec().getReplicas()).isEqualTo(7);

        // From here on nothing is as it was.
        cluster.apply(POOL, "{replicas: 3}");
        awaitThat(() ->
                assertThat(cluster.deployment(POOL).getSpec().getReplicas()).isEqualTo(3));
    }

    @Test
    void whichChildrenWereLookedIntoIsNoReasonToWriteAStatus() {
        cluster.stopOperator();
        writeDigest("of another build");
        int before = cluster.requests().writes().size();

        startOperatorAndAwaitItsPass();

        assertThat(cluster.awaitQuiet()).hasSize(before);
        assertThat(digest()).isEqualTo("of another build");
    }

    private void startOperatorAndAwaitItsPass() {
        double before = cluster.passes();
        cluster.startOperator();
        awaitThat(() -> assertThat(cluster.passes()).isGreaterThan(before));
    }

    /** The status that was written along with the children knows nothing of them yet. */
    private void tellOfAnotherCondition() {
        cluster.setDeploymentStatus(POOL, """
                observedGeneration: 1
                replicas: 2
                updatedReplicas: 2
                unavailableReplicas: 2
                conditions:
                  - {type: Progressing, status: "False", reason: ProgressDeadlineExceeded, message: late}
                """);
    }

    private void change(Change change) {
        cluster.admin()
                .resources(change.kind)
                .inNamespace(cluster.namespace())
                .withName(POOL)
                .edit(child -> {
                    change.change.accept(child);
                    return child;
                });
    }

    private String digest() {
        return cluster.pool(POOL).getStatus().childrenDigest();
    }

    private String digestOfWhatIsThere() {
        return ChildrenDigest.of(
                cluster.pool(POOL),
                Cluster.RELEASE.resizingPods(true),
                CHILDREN.stream()
                        .map(kind -> ObjectState.of(cluster.child(kind, POOL)))
                        .toList());
    }

    private void writeDigest(String digest) {
        cluster.admin()
                .resources(WorkerPool.class)
                .inNamespace(cluster.namespace())
                .withName(POOL)
                .editStatus(pool -> {
                    pool.setStatus(pool.getStatus().withChildrenDigest(digest));
                    return pool;
                });
    }
}
