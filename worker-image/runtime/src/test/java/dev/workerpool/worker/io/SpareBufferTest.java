package dev.workerpool.worker.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class SpareBufferTest {
    private static final UnpooledByteBufAllocator OTHERS = UnpooledByteBufAllocator.DEFAULT;

    private final SpareBuffer spare = new SpareBuffer(16);

    @Test
    void givesTheSameMemoryAgainOnceItIsReleased() {
        ByteBuf first = spare.take(OTHERS);
        long memory = first.memoryAddress();
        first.writeLong(1);
        first.release();
        ByteBuf second = spare.take(OTHERS);

        assertThat(second.memoryAddress()).isEqualTo(memory);
        assertThat(second.readableBytes()).isZero();
        assertThat(second.writableBytes()).isEqualTo(16);
        second.release();
    }

    @Test
    void givesOtherMemoryThatIsNoLargerThanNeeded() {
        ByteBuf first = spare.take(OTHERS);
        ByteBuf second = spare.take(OTHERS, 4);

        assertThat(second.capacity()).isEqualTo(4);
        first.release();
        second.release();
    }

    @Test
    void givesOtherMemoryWhileAPartOfItIsInUse() {
        ByteBuf first = spare.take(OTHERS);
        first.writeLong(1);
        ByteBuf part = first.readRetainedSlice(4);
        first.release();
        ByteBuf second = spare.take(OTHERS);

        assertThat(second.memoryAddress()).isNotEqualTo(part.memoryAddress());
        assertThat(second.writableBytes()).isEqualTo(16);
        second.writeLong(-1);
        assertThat(part.readInt()).isZero();
        second.release();
        assertThat(second.refCnt()).as("memory of the others, given back").isZero();
        part.release();
    }
}
