package dev.workerpool.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class SharedMemoryTest {
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final SharedMemory memory = new SharedMemory(1024);

    @Test
    void isTheSameForAllWhoNameItAndZeroAtFirst() {
        MemorySegment first = memory.segment(0, "counts", 100);

        assertThat(first.byteSize()).isEqualTo(100);
        assertThat(first.get(ValueLayout.JAVA_BYTE, 99)).isZero();
        assertThat(memory.segment(0, "counts", 100)).isSameAs(first);
        assertThat(memory.segment(1, "counts", 50).address()).isNotEqualTo(first.address());
    }

    @Test
    void takesAtomicOperationsOfAllThreads() throws InterruptedException {
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 10_000; n++) {
                    LONG.getAndAdd(memory.segment(0, "counts", 8), 0L, 1L);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat((long) LONG.getVolatile(memory.segment(0, "counts", 8), 0L)).isEqualTo(40_000);
    }

    @Test
    void refusesAnotherSizeUnderTheSameName() {
        memory.segment(0, "counts", 8);

        assertThatThrownBy(() -> memory.segment(0, "counts", 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Shared memory 'counts' has 8 bytes, not 16");
        assertThatThrownBy(() -> memory.segment(0, "none", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isBoundedInTotal() {
        memory.segment(0, "most", 1000);

        assertThatThrownBy(() -> memory.segment(0, "more", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1024 of at most 1024 are in use")
                .hasMessageContaining("WORKERPOOL_SHARED_MEMORY");
        assertThat(memory.used()).isEqualTo(1024);
        assertThat(memory.segment(0, "most", 1000).byteSize()).isEqualTo(1000);
    }
}
