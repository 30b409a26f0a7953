package dev.workerpool.worker.http;

import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;

/**
 * The native memory in which answers wait for clients that take them slowly, of all connections of one event loop. While
 * there is little, each may have a large slice waiting, for few large writes are cheap; once there is much, a small one.
 * So what clients hold that take nothing is bounded by their number. On the event loop only.
 */
final class Unsent {
    /**
     * Of a large body at a time. Every write makes the kernel look whether the client has to be woken and the next packet
     * sent, so few are better. But a client counts as alive when it has taken so much within the patience, which the slowest
     * honest one has to manage.
     */
    static final int LARGE = 256 * 1024;

    /** Once much waits: with ten thousand connections 40 MiB. */
    static final int SMALL = 4 * 1024;

    private static final WriteBufferWaterMark WIDE = new WriteBufferWaterMark(64 * 1024, LARGE);
    private static final WriteBufferWaterMark NARROW = new WriteBufferWaterMark(SMALL / 4, SMALL);

    private final long limit;
    private long bytes;

    /** @param limit from which on there is much */
    Unsent(long limit) {
        this.limit = limit;
    }

    Share share(Channel channel) {
        return new Share(channel);
    }

    long bytes() {
        return bytes;
    }

    /** What one connection has waiting. */
    final class Share {
        private final Channel channel;
        private boolean narrow;
        private long counted;

        private Share(Channel channel) {
            this.channel = channel;
            channel.config().setWriteBufferWaterMark(WIDE);
        }

        /** To be asked before more is handed over. @return how large a slice may be */
        int slice() {
            boolean scarce = bytes - counted + LARGE > limit;
            if (scarce != narrow) {
                narrow = scarce;
                channel.config().setWriteBufferWaterMark(scarce ? NARROW : WIDE);
            }
            return scarce ? SMALL : LARGE;
        }

        /** To be asked before an answer is sent. @return how large a body may be that goes in one piece with its head */
        int whole() {
            return Math.min(ResponseEncoder.SMALL, slice() - ResponseEncoder.HEAD);
        }

        /** Takes note of what waits now: whole slices, as long as any part of them does. */
        void count() {
            note(pending());
        }

        long pending() {
            var buffer = channel.unsafe().outboundBuffer();
            return buffer == null ? 0 : buffer.totalPendingWriteBytes();
        }

        /** Nothing waits any more. */
        void settle() {
            note(0);
        }

        private void note(long now) {
            bytes += now - counted;
            counted = now;
        }
    }
}
