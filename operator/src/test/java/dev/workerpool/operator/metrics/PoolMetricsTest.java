package dev.workerpool.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.Pools;
import dev.workerpool.operator.report.ReplicaReports;
import dev.workerpool.operator.report.Turns;
import dev.workerpool.operator.status.Observed;
import dev.workerpool.operator.status.Pods;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.StatusCalculator;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.prometheus.client.CollectorRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PoolMetricsTest {

    private final CollectorRegistry registry = new CollectorRegistry();
    private final Turns turns = new Turns();
    private Optional<String> newest = Optional.of("one");
    private final PoolMetrics metrics =
            new PoolMetrics(registry, new ReplicaReports(0, turns, Clock.systemUTC(), _ -> {}), () -> newest);

    @AfterEach
    void close() {
        turns.close();
    }

    @Test
    void aKeyThatBecomesTheNewestCountsAtOnce() {
        update(
                trusting("a", "one"),
                trusting("b", "two one"),
                trusting("c", "two"),
                Pods.ready("d"),
                Pods.draining("e"));
        assertThat(withOldKey()).isEqualTo(2);

        newest = Optional.of("two");
        assertThat(withOldKey()).isEqualTo(2);
        newest = Optional.of("three");
        assertThat(withOldKey()).isEqualTo(4);
        newest = Optional.empty();
        assertThat(withOldKey()).isZero();
    }

    @Test
    void tellsEachConditionWithItsReason() {
        update(Pods.draining("a"));

        assertThat(condition("Available", "NoReplicaReady")).isZero();
        assertThat(condition("Progressing", "Creating")).isEqualTo(1);

        update(Pods.ready("a"));

        assertThat(condition("Available", "ReplicasReady")).isEqualTo(1);
        assertThat(condition("Available", "NoReplicaReady")).isNull();
    }

    private Double condition(String type, String reason) {
        return registry.getSampleValue(
                "workerpool_pool_condition",
                new String[] {"namespace", "pool", "condition", "reason"},
                new String[] {"images", "thumbnails", type, reason});
    }

    private void update(Replica... replicas) {
        WorkerPool pool = Pools.pool();
        var observed = new Observed(Optional.empty(), List.of(replicas), List.of());
        metrics.update(pool, StatusCalculator.calculate(pool, observed, Instant.EPOCH), List.of(replicas));
    }

    private static Replica trusting(String name, String keys) {
        Pod pod = Pods.pod(name, true, 0, Pods.RUNNING);
        pod.getSpec().getContainers().getFirst().setEnv(List.of(new EnvVar("WORKERPOOL_CONTROL_KEY", keys, null)));
        return new Replica(pod);
    }

    private double withOldKey() {
        return registry.getSampleValue(
                "workerpool_pool_replicas_old_key",
                new String[] {"namespace", "pool"},
                new String[] {"images", "thumbnails"});
    }
}
