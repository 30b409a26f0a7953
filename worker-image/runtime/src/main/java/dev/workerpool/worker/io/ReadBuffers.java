package dev.workerpool.worker.io;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * What is read from sockets into. For small requests as Netty has it, in sizes that follow what comes; a connection on
 * which large bodies come reads into its event loop's {@link SpareBuffer}.
 */
public final class ReadBuffers implements RecvByteBufAllocator {
    private static final int SMALLEST = 64;
    private static final int FIRST = 2048;
    private static final int LARGEST = 64 * 1024;

    private final AdaptiveRecvByteBufAllocator sizes = new AdaptiveRecvByteBufAllocator(SMALLEST, FIRST, LARGEST);
    private final FastThreadLocal<SpareBuffer> spare = new FastThreadLocal<>() {
        @Override
        protected SpareBuffer initialValue() {
            return new SpareBuffer(LARGEST);
        }
    };

    @Override
    @SuppressWarnings("deprecation") // The interface has no other method.
    public Handle newHandle() {
        return new Sized(sizes.newHandle());
    }

    private final class Sized extends DelegatingHandle implements ExtendedHandle {
        private final ExtendedHandle sizing;

        @SuppressWarnings("deprecation")
        Sized(Handle sizing) {
            super(sizing);
            this.sizing = (ExtendedHandle) sizing;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return guess() < LARGEST ? super.allocate(allocator) : spare.get().take(allocator);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return sizing.continueReading(maybeMore);
        }
    }
}
