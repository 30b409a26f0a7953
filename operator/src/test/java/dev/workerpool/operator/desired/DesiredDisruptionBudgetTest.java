package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DesiredDisruptionBudgetTest {

    @Test
    void letsOneReplicaGoAtATime() {
        var spec = DesiredDisruptionBudget.of(Pools.pool("{replicas: 2}")).getSpec();

        assertThat(spec.getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(spec.getMinAvailable()).isNull();
        assertThat(spec.getSelector().getMatchLabels()).containsEntry("workerpool.dev/pool", "thumbnails");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {replicas: 0}                                                        | false
            {replicas: 1}                                                        | false
            {replicas: 2}                                                        | true
            {autoscaling: {minReplicas: 1, maxReplicas: 2}}                      | true
            {autoscaling: {minReplicas: 1, maxReplicas: 1}}                      | false
            {replicas: 1, autoscaling: {mode: Advice, maxReplicas: 9}}           | false
            """)
    void isForPoolsThatMayHaveMoreThanOneReplica(String spec, boolean wanted) {
        assertThat(DesiredDisruptionBudget.isWanted(Pools.pool(spec))).isEqualTo(wanted);
    }
}
