package dev.workerpool.worker.io;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * What is read from sockets into. For small requests as Netty has it, in sizes that follow what comes; a connection on
 * which large bodies come reads into its event loop's {@link SpareBuffer}. Where much of what was read waits, all read in
 * small pieces: so what clients have waiting that send ahead, or requests that are not whole, is bounded by their number.
 */
public final class ReadBuffers implements RecvByteBufAllocator {
    private static final int SMALLEST = 64;
    private static final int FIRST = 2048;
    private static final int LARGEST = 64 * 1024;

    /** What is read at a time where much waits: with ten thousand connections 40 MiB. */
    public static final int SCARCE = 4 * 1024;

    private final long mostWaiting;
    private final AdaptiveRecvByteBufAllocator sizes = new AdaptiveRecvByteBufAllocator(SMALLEST, FIRST, LARGEST);
    private final FastThreadLocal<Loop> loop = new FastThreadLocal<>() {
        @Override
        protected Loop initialValue() {
            return new Loop();
        }
    };

    /** Of one event loop. */
    private static final class Loop {
        private final SpareBuffer spare = new SpareBuffer(LARGEST);
        private long waiting;
    }

    /** @param mostWaiting bytes of what was read that may wait on each event loop before there is much */
    public ReadBuffers(long mostWaiting) {
        this.mostWaiting = mostWaiting;
    }

    /** On this event loop so much more of what was read waits to be taken up, or less. */
    public void waits(long bytes) {
        loop.get().waiting += bytes;
    }

    /** Does much wait on this event loop? */
    public boolean isScarce() {
        return loop.get().waiting > mostWaiting;
    }

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
            int size = guess();
            if (size > SCARCE && isScarce()) {
                return allocator.directBuffer(SCARCE, SCARCE);
            }
            return size < LARGEST ? super.allocate(allocator) : loop.get().spare.take(allocator);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return sizing.continueReading(maybeMore);
        }
    }
}
