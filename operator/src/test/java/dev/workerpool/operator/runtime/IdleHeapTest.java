package dev.workerpool.operator.runtime;

import static dev.workerpool.operator.runtime.IdleHeap.IDLE;
import static dev.workerpool.operator.runtime.IdleHeap.TOO_MUCH;
import static dev.workerpool.operator.runtime.IdleHeap.WORTH_IT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When the heap is collected: after a burst, not in it, and not for little. */
class IdleHeapTest {

    private static final long NEEDED = 40 << 20;

    @Test
    void collectsWhenABurstIsOver() {
        long used = NEEDED + WORTH_IT;

        assertThat(IdleHeap.isWorthIt(used, used, NEEDED)).isTrue();
    }

    @Test
    void leavesABurstAlone() {
        long used = NEEDED + WORTH_IT;

        assertThat(IdleHeap.isWorthIt(used - IDLE, used, NEEDED)).isFalse();
    }

    @Test
    void collectsInABurstThatGoesOnWhenHalfMayBeDead() {
        long small = NEEDED + TOO_MUCH;
        long large = 5 * NEEDED + TOO_MUCH;

        assertThat(IdleHeap.isWorthIt(small - IDLE, small, NEEDED)).isTrue();
        assertThat(IdleHeap.isWorthIt(large - IDLE, large, 5 * NEEDED)).isFalse();
        assertThat(IdleHeap.isWorthIt(9 * NEEDED, 10 * NEEDED, 5 * NEEDED)).isTrue();
    }

    @Test
    void doesNotCollectForLittle() {
        long used = NEEDED + WORTH_IT - 1;

        assertThat(IdleHeap.isWorthIt(used, used, NEEDED)).isFalse();
    }

    @Test
    void collectsAfterTheStartThoughNothingWasCollectedYet() {
        assertThat(IdleHeap.isWorthIt(NEEDED, NEEDED, 0)).isTrue();
    }
}
