package dev.workerpool.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HpaSimulationTest {
    private static final double TARGET = 0.7;

    @Test
    void aLoadThatThePodsBearMakesNoQueue() {
        assertThat(new HpaSimulation(TARGET, 2, 15, 10).untilQueueStops(0.35, 0.9))
                .isZero();
    }

    @Test
    void aLoadThatTheMostPodsDoNotBearIsNeverCaughtUpWith() {
        assertThat(new HpaSimulation(TARGET, 2, 15, 3).untilQueueStops(0.35, 4)).isInfinite();
    }

    /** CPU that is full says 1.43 times as many pods, however much waits: one step is not enough for a large burst. */
    @Test
    void aLargeBurstTakesSeveralSteps() {
        var hpa = new HpaSimulation(TARGET, 2, 15, 20);

        double small = hpa.untilQueueStops(0.35, 1.5);
        double large = hpa.untilQueueStops(0.35, 7);

        assertThat(small).isBetween(5.0, 50.0);
        assertThat(large).isBetween(2 * small, 400.0);
    }

    @Test
    void coarserMetricsAndSlowerPodsMakeItSlower() {
        double best = new HpaSimulation(TARGET, 2, 15, 20).untilQueueStops(0.35, 7);

        assertThat(new HpaSimulation(TARGET, 2, 60, 20).untilQueueStops(0.35, 7))
                .isGreaterThan(best);
        assertThat(new HpaSimulation(TARGET, 20, 15, 20).untilQueueStops(0.35, 7))
                .isGreaterThan(best);
    }
}
