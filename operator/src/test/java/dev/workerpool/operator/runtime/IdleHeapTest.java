package dev.workerpool.operator.runtime;

import static dev.workerpool.operator.runtime.IdleHeap.CALM;
import static dev.workerpool.operator.runtime.IdleHeap.LITTLE;
import static dev.workerpool.operator.runtime.IdleHeap.NOTHING;
import static dev.workerpool.operator.runtime.IdleHeap.TOO_MUCH;
import static dev.workerpool.operator.runtime.IdleHeap.WORTH_IT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the heap is collected: after a burst, not in it, and not for little. */
class IdleHeapTest {

    private static final long NEEDED = 20 << 20;

    private final IdleHeap heap = new IdleHeap();

    @AfterEach
    void close() {
        heap.close();
    }

    @Test
    void collectsAfterTheStartThoughNothingWasCollectedYet() {
        assertThat(heap.isWorthIt(NEEDED - LITTLE, 0)).isFalse();

        assertThat(periodsUntilWorthIt(NEEDED, 0)).isEqualTo(CALM + 1);
    }

    @Test
    void doesNotCollectForLittle() {
        settle();

        for (long used = NEEDED; used < NEEDED + WORTH_IT; used += NOTHING / 2) {
            assertThat(heap.isWorthIt(used, NEEDED)).isFalse();
        }
        assertThat(heap.isWorthIt(NEEDED + WORTH_IT, NEEDED)).isTrue();
    }

    @Test
    void makesNobodyWaitWhilePoolsComeOneByOne() {
        settle();

        for (long used = NEEDED; used < NEEDED + TOO_MUCH; used += NOTHING) {
            assertThat(heap.isWorthIt(used, NEEDED)).isFalse();
        }
        assertThat(heap.isWorthIt(NEEDED + TOO_MUCH, NEEDED)).isTrue();
    }

    @Test
    void leavesABurstAlone() {
        settle();

        for (long used = NEEDED; used < NEEDED + TOO_MUCH; used += LITTLE) {
            assertThat(heap.isWorthIt(used, NEEDED)).isFalse();
        }
    }

    @Test
    void collectsInABurstThatGoesOnWhenHalfMayBeDead() {
        settle();

        assertThat(heap.isWorthIt(2 * NEEDED - 1, NEEDED)).isFalse();
        assertThat(heap.isWorthIt(3 * NEEDED, NEEDED)).isTrue();

        assertThat(heap.isWorthIt(5 * NEEDED, 3 * NEEDED)).isFalse();
        assertThat(heap.isWorthIt(6 * NEEDED, 3 * NEEDED)).isTrue();
    }

    @Test
    void collectsOnceMoreAfterABurstThatWasCollectedInItsMiddle() {
        settle();
        assertThat(heap.isWorthIt(3 * NEEDED, NEEDED)).isTrue();
        long inHand = NEEDED + 10;
        assertThat(heap.isWorthIt(inHand + LITTLE, inHand)).isFalse();

        assertThat(periodsUntilWorthIt(inHand + LITTLE, inHand)).isEqualTo(CALM);
        assertThat(heap.isWorthIt(NEEDED, NEEDED)).isFalse();
    }

    @Test
    void collectsOnceMoreAfterTheVirtualMachineDidInABurst() {
        settle();
        assertThat(heap.isWorthIt(NEEDED + LITTLE, NEEDED)).isFalse();
        long inHand = NEEDED + 10;

        assertThat(heap.isWorthIt(inHand + LITTLE, inHand)).isFalse();

        assertThat(periodsUntilWorthIt(inHand + LITTLE, inHand)).isEqualTo(CALM);
    }

    /** Idle, with {@link #NEEDED} in use and nothing dead. */
    private void settle() {
        periodsUntilWorthIt(NEEDED, 0);
        assertThat(heap.isWorthIt(NEEDED, NEEDED)).isFalse();
    }

    private int periodsUntilWorthIt(long used, long collected) {
        for (int periods = 1; periods < 100; periods++) {
            if (heap.isWorthIt(used, collected)) {
                return periods;
            }
        }
        throw new AssertionError("never");
    }
}
