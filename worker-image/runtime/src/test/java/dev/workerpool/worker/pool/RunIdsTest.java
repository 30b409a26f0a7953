package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunIdsTest {
    private final RunIds ids = new RunIds("pool-a-7", 1_000_000);

    @Test
    void namesReplicaStartAndNumber() {
        assertThat(ids.next()).isEqualTo("pool-a-7-lfls-1");
        assertThat(ids.next()).isEqualTo("pool-a-7-lfls-2");
    }

    @Test
    void tellsWhatItGaveFromWhatNeverWas() {
        String given = ids.next();

        assertThat(ids.gave(given)).isTrue();
        assertThat(ids.gave("pool-a-7-lfls-2")).isFalse();
        assertThat(ids.gave("pool-a-7-lfls-0")).isFalse();
        assertThat(ids.gave("pool-a-7-lfls-01")).isFalse();
        assertThat(ids.gave("pool-a-7-lfls-")).isFalse();
        assertThat(ids.gave("pool-b-7-lfls-1")).isFalse();
    }

    @Test
    void knowsTheIdsOfItsReplicasEarlierWorkers() {
        String earlier = new RunIds("pool-a-7", 999_999).next();
        String later = new RunIds("pool-a-7", 1_000_001).next();

        assertThat(ids.gaveBefore(earlier)).isTrue();
        assertThat(ids.gaveBefore(later)).isFalse();
        assertThat(ids.gaveBefore(ids.next())).isFalse();
        assertThat(ids.gaveBefore(new RunIds("pool-b-7", 999_999).next())).isFalse();
    }

    @Test
    void tellsTheReplicaInWhoseNameAnIdIs() {
        assertThat(RunIds.owner(ids.next())).isEqualTo("pool-a-7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-", "--", "a", "a-1", "-1-1", "a-1-", "a-1--1", "a-1-Z", "a-1-zzzzzzzzzzzzzzzzz", "a-ä-1"})
    void tellsNoReplicaForWhatIsNoId(String id) {
        assertThat(RunIds.owner(id)).isNull();
    }
}
