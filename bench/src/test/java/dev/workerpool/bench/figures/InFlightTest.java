package dev.workerpool.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InFlightTest {
    @Test
    void countsWhatHasComeAndHasNoAnswerYet() {
        // The first is answered when the third comes, the second long after.
        var inFlight = InFlight.of(new double[] {0, 1, 2, 6}, new double[] {2, 4, 1, 1});

        assertThat(inFlight.counts()).containsExactly(1, 2, 2, 1);
        assertThat(inFlight.most()).isEqualTo(2);
        assertThat(inFlight.peak()).isEqualTo(1);
    }

    @Test
    void peaksAtTheLastArrivalOfAQueueThatOnlyGrows() {
        var inFlight = InFlight.of(new double[] {0, 1, 2}, new double[] {10, 10, 10});

        assertThat(inFlight.peak()).isEqualTo(2);
    }
}
