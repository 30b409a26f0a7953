package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PastDeathTest {
    @Test
    void readsALineForEachDeath() {
        assertThat(PastDeath.parse("""
                        died 3 137 signal 2026-01-01T10:00:00.250Z hold hold
                        died 4 70 exit 2026-01-01T10:00:02.000Z
                        """))
                .containsExactly(
                        new PastDeath(
                                3, 137, "signal", Instant.parse("2026-01-01T10:00:00.250Z"), List.of("hold", "hold")),
                        new PastDeath(4, 70, "exit", Instant.parse("2026-01-01T10:00:02Z"), List.of()));
    }

    @Test
    void nobodyDiedBeforeTheFirstWorker() {
        assertThat(PastDeath.parse("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "died",
                "lived 1 137 signal 2026-01-01T10:00:00Z",
                "died x 137 signal 2026-01-01T10:00:00Z",
                "died 1 137 signal now"
            })
    void refusesWhatIsNoLineOfThePrimary(String line) {
        assertThatThrownBy(() -> PastDeath.parse(line)).isInstanceOf(IllegalArgumentException.class);
    }
}
