package dev.workerpool.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.workerpool.bench.load.Arrivals;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PerfectQueueTest {
    @Test
    void whoFindsAServerFreeTakesTheServiceTime() {
        assertThat(PerfectQueue.responses(new double[] {0, 1, 2}, 1, 0.5)).containsExactly(0.5, 0.5, 0.5);
    }

    @Test
    void whoFindsBothBusyWaitsForTheFirstToBeFree() {
        double[] responses = PerfectQueue.responses(new double[] {0, 0.25, 0.5}, 2, 1);

        assertThat(responses).containsExactly(1, 1, 1.5);
    }

    /** Known in closed form: a wait of ρ/(2(1−ρ)) service times where one server takes the same time for each. */
    @Test
    void atEightyPercentTheMeanWaitIsThatOfTheTextbook() {
        double[] arrivals = Arrivals.poisson(0.8, 400_000, 7);

        double mean =
                Arrays.stream(PerfectQueue.responses(arrivals, 1, 1)).average().orElseThrow();

        assertThat(mean).isCloseTo(1 + 0.8 / (2 * 0.2), within(0.15));
    }
}
