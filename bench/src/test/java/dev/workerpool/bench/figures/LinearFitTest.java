package dev.workerpool.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LinearFitTest {
    @Test
    void findsTheLineThatPointsLieOn() {
        var fit = LinearFit.of(new double[] {1, 2, 3, 4}, new double[] {5, 7, 9, 11});

        assertThat(fit.slope()).isCloseTo(2, within(1e-9));
        assertThat(fit.growth(1, 4)).isCloseTo(6, within(1e-9));
        assertThat(fit.residual()).isCloseTo(0, within(1e-9));
    }

    @Test
    void whatGoesUpAndDownDoesNotGrow() {
        var fit = LinearFit.of(new double[] {0, 1, 2, 3}, new double[] {1, 2, 2, 1});

        assertThat(fit.growth(0, 3)).isCloseTo(0, within(1e-9));
        assertThat(fit.residual()).isPositive();
    }

    @Test
    void twoPointsAreNoFit() {
        assertThatIllegalArgumentException().isThrownBy(() -> LinearFit.of(new double[] {0, 1}, new double[] {0, 1}));
    }
}
