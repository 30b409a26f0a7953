package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DesiredDisruptionBudgetTest {

    @Test
    void letsOneReplicaGoAtATime() {
        var spec = DesiredDisruptionBudget.of(Pools.pool("{replicas: 1}")).getSpec();

        assertThat(spec.getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(spec.getMinAvailable()).isNull();
        assertThat(spec.getSelector().getMatchLabels()).containsEntry("workerpool.dev/pool", "thumbnails");
    }
}
