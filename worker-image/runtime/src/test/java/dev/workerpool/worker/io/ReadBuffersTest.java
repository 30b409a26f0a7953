package dev.workerpool.worker.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.Handle;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ReadBuffersTest {
    private static final int LARGEST = 64 * 1024;

    private final ReadBuffers reads = new ReadBuffers(1000);
    private final Handle handle = handleOfLargeBodies();

    private Handle handleOfLargeBodies() {
        Handle handle = reads.newHandle();
        handle.reset(new EmbeddedChannel().config());
        while (handle.guess() < LARGEST) {
            handle.attemptedBytesRead(handle.guess());
            handle.lastBytesRead(handle.guess());
            handle.readComplete();
        }
        return handle;
    }

    private int size() {
        ByteBuf buffer = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
        buffer.release();
        return buffer.capacity();
    }

    @Test
    void readsLargeBodiesInLargePieces() {
        assertThat(size()).isEqualTo(LARGEST);
    }

    @Test
    void readsInSmallPiecesWhereMuchWaits() {
        reads.waits(1001);
        assertThat(size()).isEqualTo(4096);

        reads.waits(-1);
        assertThat(size()).isEqualTo(LARGEST);
    }
}
