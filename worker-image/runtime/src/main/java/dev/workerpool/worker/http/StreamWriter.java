package dev.workerpool.worker.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Writes one streamed body, pulling its parts as the socket takes them. Small parts are gathered until the flush; large
 * ones go in slices, each a chunk. On the event loop only.
 */
final class StreamWriter {
    private static final Logger LOG = System.getLogger(StreamWriter.class.getName());
    private static final int SLICE = 128 * 1024;
    private static final ByteBuf CRLF =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII)));
    private static final ByteBuf LAST_CHUNK = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer().writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));

    /** After so many bytes the other connections of the loop have their turn. */
    private static final int TURN = 1 << 20;

    private static final int CHUNK_HEAD = 16;

    private final ChannelHandlerContext ctx;
    private final Unsent.Share share;
    private final StreamedBody body;
    private final boolean chunked;
    private final Consumer<ChannelFuture> onEnd;
    private ByteBuffer rest;
    private boolean pulling;
    private boolean over;
    private long handedOver;
    private long takenBefore = -1;
    private long lastWritten = System.nanoTime();

    /** @param onEnd is given the future of the last write once the body has ended, or null when it broke off */
    StreamWriter(
            ChannelHandlerContext ctx,
            Unsent.Share share,
            StreamedBody body,
            boolean chunked,
            Consumer<ChannelFuture> onEnd) {
        this.ctx = ctx;
        this.share = share;
        this.body = body;
        this.chunked = chunked;
        this.onEnd = onEnd;
    }

    /** Pulls and writes as much as the socket is likely to take. */
    void advance() {
        // Writing and flushing change the channel's writability, which calls back here.
        if (pulling || over) {
            return;
        }
        pulling = true;
        boolean more;
        try {
            more = takeTurn();
        } catch (RuntimeException | Error e) {
            // An error too, of native memory for example: else nobody pulls any more, and the client waits for ever.
            LOG.log(Level.ERROR, "An answer breaks off because of an unexpected error", e);
            over = true;
            onEnd.accept(null);
            return;
        }
        pulling = false;
        share.count();
        if (more && !over && ctx.channel().isWritable()) {
            ctx.executor().execute(this::advance);
        }
    }

    /** @return false when there is no more at present */
    private boolean takeTurn() {
        long end = handedOver + TURN;
        boolean more = true;
        while (more && handedOver < end && ctx.channel().isWritable()) {
            more = fill();
            ctx.flush();
        }
        return more;
    }

    /** Writes until the channel has enough. @return false when there is no more at present */
    private boolean fill() {
        int most = Math.min(SLICE, share.slice());
        while (ctx.channel().isWritable()) {
            ByteBuffer part = rest == null ? body.next() : rest;
            if (part == null) {
                return false;
            }
            if (part == StreamedBody.END || part == StreamedBody.BROKEN) {
                over = true;
                onEnd.accept(part == StreamedBody.BROKEN ? null : write(end()));
                return false;
            }
            int size = Math.min(part.remaining(), most);
            if (size > 0) {
                chunk(part.slice(part.position(), size));
            }
            rest = size == part.remaining() ? null : part.slice(part.position() + size, part.remaining() - size);
        }
        return true;
    }

    private ByteBuf end() {
        return chunked ? LAST_CHUNK.duplicate() : Unpooled.EMPTY_BUFFER;
    }

    private void chunk(ByteBuffer data) {
        int size = data.remaining();
        if (size > ResponseEncoder.SMALL) {
            if (chunked) {
                write(chunkHead(0, size));
            }
            write(Unpooled.wrappedBuffer(data));
            if (chunked) {
                write(CRLF.duplicate());
            }
        } else if (chunked) {
            write(chunkHead(size, size).writeBytes(data).writeByte('\r').writeByte('\n'));
        } else {
            write(ctx.alloc().directBuffer(size).writeBytes(data));
        }
    }

    private ByteBuf chunkHead(int room, int size) {
        ByteBuf head = ctx.alloc().directBuffer(CHUNK_HEAD + room);
        ByteBufUtil.writeAscii(head, Integer.toHexString(size));
        return head.writeByte('\r').writeByte('\n');
    }

    private ChannelFuture write(ByteBuf bytes) {
        long before = share.pending();
        ChannelFuture written = ctx.write(bytes);
        // As the channel counts them, with what it needs itself: compared with what it still has.
        handedOver += share.pending() - before;
        lastWritten = System.nanoTime();
        return written;
    }

    /** Sends something when nothing was sent for long. */
    void keepAlive(long now) {
        if (over || rest != null || now - lastWritten < HttpLimits.KEEP_ALIVE.toNanos() || share.pending() > 0) {
            return;
        }
        ByteBuffer sign = body.keepAlive();
        if (sign != null) {
            chunk(sign);
            ctx.flush();
        }
    }

    /** Has the client taken all there is, or any more of it since the last time of asking? */
    boolean hasProgressed() {
        share.count();
        long pending = share.pending();
        long taken = handedOver - pending;
        boolean progressed = pending == 0 || taken > takenBefore;
        takenBefore = taken;
        return progressed;
    }
}
