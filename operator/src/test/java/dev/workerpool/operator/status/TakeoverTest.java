package dev.workerpool.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.SettingsStatus;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.DesiredDeployment;
import dev.workerpool.operator.desired.Pools;
import dev.workerpool.operator.desired.Release;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who runs the settings of the pool, which is of generation 3, and who does not yet. */
class TakeoverTest {

    private static final Release KEYLESS = Pools.RELEASE;
    private static final Release RELEASE = KEYLESS.withControlKey(Optional.of("a-key"));
    private static final Release OTHER_KEY = KEYLESS.withControlKey(Optional.of("other-key"));

    private final WorkerPool pool = Pools.pool("{threads: 4}");

    @Test
    void aReplicaThatWasStartedWithThemRunsThem() {
        assertThat(takeover(RELEASE, Map.of(), replica("a", RELEASE, "{threads: 4}", 3))
                        .status())
                .isEqualTo(new SettingsStatus(3L, 1, 0, Map.of("3", 1)));
    }

    @Test
    void aReplicaThatWasStartedBeforeThemRunsThemOnceItSaysSo() {
        Replica replica = replica("a", RELEASE, "{threads: 1}", 1);

        assertThat(takeover(RELEASE, Map.of(), replica).status())
                .isEqualTo(new SettingsStatus(3L, 0, 1, Map.of("1", 1)));
        assertThat(takeover(RELEASE, Map.of("uid-of-a", new SettingsInForce(2, 2)), replica)
                        .status())
                .isEqualTo(new SettingsStatus(3L, 0, 1, Map.of("2", 1)));
        assertThat(takeover(RELEASE, Map.of("uid-of-a", new SettingsInForce(3, 4)), replica)
                        .status())
                .isEqualTo(new SettingsStatus(3L, 1, 0, Map.of("3", 1)));
    }

    @Test
    void aReplicaWhoseNodeGivesItFewerThreadsRunsThemAndIsToldOf() {
        Replica replica = replica("a", RELEASE, "{threads: 1}", 1);
        Takeover takeover = takeover(RELEASE, Map.of("uid-of-a", new SettingsInForce(3, 4, 1)), replica);

        assertThat(takeover.isComplete()).isTrue();
        assertThat(takeover.threads(replica)).isEqualTo(3);
        assertThat(takeover.troubles())
                .containsExactly(new Trouble(
                        "ThreadsNotStarted",
                        "replica a serves on with 3 of 4 threads: its node lets its worker have no more"));
    }

    @Test
    void aReplicaThatNobodyCanTellRunsWhatItWasStartedWith() {
        for (Release release : List.of(KEYLESS, OTHER_KEY)) {
            assertThat(takeover(release, Map.of(), replica("a", KEYLESS, "{threads: 4}", 1))
                            .isComplete())
                    .isTrue();
            Takeover other = takeover(release, Map.of(), replica("a", KEYLESS, "{threads: 1}", 1));
            assertThat(other.isComplete()).isFalse();
            assertThat(other.progress())
                    .isEqualTo("settings of generation 3 are in force on 0 of 1 replicas; waiting for a (started"
                            + " without the present control key: takes them over when it is replaced)");
        }
    }

    @Test
    void countsThreadsAsTheReplicaSays() {
        Replica replica = replica("a", RELEASE, "{threads: 1}", 1);

        assertThat(takeover(RELEASE, Map.of(), replica).threads(replica)).isEqualTo(1);
        assertThat(takeover(RELEASE, Map.of("uid-of-a", new SettingsInForce(2, 7)), replica)
                        .threads(replica))
                .isEqualTo(7);
    }

    @Test
    void namesTheFirstThreeOfThoseItWaitsFor() {
        Takeover takeover = takeover(
                RELEASE,
                Map.of(),
                replica("a", RELEASE, "{}", 1),
                replica("b", RELEASE, "{}", 1),
                replica("c", RELEASE, "{}", 1),
                replica("d", RELEASE, "{}", 1),
                replica("e", RELEASE, "{}", 3));

        assertThat(takeover.progress())
                .isEqualTo("settings of generation 3 are in force on 1 of 5 replicas; waiting for a, b, c and 1 more");
    }

    @Test
    void doesNotWaitForReplicasThatDoNotRunOrLeave() {
        Takeover takeover = takeover(
                RELEASE, Map.of(), Pods.draining("a"), Pods.waiting("b", "ContainerCreating", ""), Pods.left("c"));

        assertThat(takeover.pending()).isEmpty();
        assertThat(takeover.isComplete()).as("nobody runs them").isFalse();
    }

    @Test
    void tellsEachRefusalOnce() {
        var told = new Told(
                RELEASE, Map.of(), Map.of("uid-of-a", "401 expired", "uid-of-b", "401 expired", "uid-of-c", "400 bad"));
        var takeover = new Takeover(
                pool,
                List.of(
                        replica("a", RELEASE, "{}", 1),
                        replica("b", RELEASE, "{}", 1),
                        replica("c", RELEASE, "{threads: 4}", 3)),
                told);

        assertThat(takeover.troubles())
                .containsExactly(new Trouble(
                        "SettingsRefused",
                        "settings of generation 3 are refused: 401 expired (by replica a and 1 more)"));
    }

    private Takeover takeover(Release release, Map<String, SettingsInForce> inForce, Replica... replicas) {
        return new Takeover(pool, List.of(replicas), new Told(release, inForce, Map.of()));
    }

    /** Started by an operator with this release, when the pool was this. */
    private static Replica replica(String name, Release release, String spec, long generation) {
        WorkerPool then = Pools.pool(spec);
        then.getMetadata().setGeneration(generation);
        Pod pod = Pods.pod(name, true, 0, Pods.RUNNING);
        pod.getSpec()
                .setContainers(DesiredDeployment.of(then, release, Optional.empty())
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers());
        return new Replica(pod);
    }
}
