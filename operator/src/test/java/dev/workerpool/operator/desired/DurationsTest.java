package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "0s, PT0S", "90s, PT1M30S", "5m, PT5M", "24h, PT24H"})
    void readsOneNumberWithOneUnit(String text, Duration duration) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
    }

    @Test
    void refusesOtherForms() {
        assertThatThrownBy(() -> Durations.parse("1h30m"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1h30m");
    }
}
