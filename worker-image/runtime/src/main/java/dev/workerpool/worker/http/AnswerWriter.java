package dev.workerpool.worker.http;

import dev.workerpool.worker.runs.KeptResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes the answers of one connection, one at a time. Small ones in one go; large ones in slices as the socket takes them,
 * because a socket takes native memory only, and a large body copied there at once would exist twice;
 * streamed ones as they are made. Where much waits, less is small.
 */
final class AnswerWriter {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private static final ByteBuf CONTINUE = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer().writeBytes("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));

    private final ResponseEncoder encoder;
    private final Keeping keeping;
    private final BodyBudget budget;
    private final Unsent unsent;
    private final Runnable onWritten;
    private ChannelHandlerContext ctx;
    private Unsent.Share share;

    /** What is still to be handed over; empty when there is no more. */
    private ByteBuffer rest = NOTHING;

    private boolean handingOver;
    private long charged;

    /** Of which the body is, in memory that its store counts as long as it is kept; null for most. */
    private KeptResult result;

    private int size;
    private long leftBefore;

    /** Of the answer that is being streamed, else null. */
    private StreamWriter stream;

    /** @param onWritten called when an answer is on its way whole, perhaps within {@link #write} */
    AnswerWriter(ResponseEncoder encoder, Keeping keeping, BodyBudget budget, Unsent unsent, Runnable onWritten) {
        this.encoder = encoder;
        this.keeping = keeping;
        this.budget = budget;
        this.unsent = unsent;
        this.onWritten = onWritten;
    }

    void attach(ChannelHandlerContext context) {
        ctx = context;
        share = unsent.share(context.channel());
    }

    /** The client waits for this before it sends the body. */
    void askForBody() {
        keeping.sends(CONTINUE.readableBytes());
        ctx.writeAndFlush(CONTINUE.duplicate());
    }

    /** @param goesOn when it was sent, the connection waits for the next request, and for nothing else */
    void write(Response response, ResponseEncoder.Persistence persistence, boolean withBody, boolean goesOn) {
        ByteBuffer body = withBody ? response.body().duplicate() : NOTHING;
        size = body.remaining();
        leftBefore = Long.MAX_VALUE;
        if (size <= share.whole()) {
            ByteBuf whole =
                    encoder.head(ctx.alloc(), response, persistence, size).writeBytes(body);
            keeping.answers(whole.readableBytes(), goesOn);
            finish(ctx.writeAndFlush(whole));
        } else {
            result = response.result();
            charge();
            rest = body;
            ByteBuf head = encoder.head(ctx.alloc(), response, persistence, 0);
            keeping.answers((long) head.readableBytes() + size, goesOn);
            ctx.write(head);
            if (!ctx.channel().isWritable()) {
                ctx.flush(); // A head alone may be more than a narrow channel takes.
            }
            handOver();
        }
    }

    /** @param chunked otherwise the body ends with the connection, or with the length that the head tells */
    void stream(Response head, ResponseEncoder.Persistence persistence, boolean chunked, StreamedBody body) {
        stream = new StreamWriter(ctx, share, body, chunked, this::streamed);
        ctx.write(encoder.streamedHead(ctx.alloc(), head, persistence, chunked));
        stream.advance();
        ctx.flush();
    }

    private void streamed(ChannelFuture last) {
        if (last == null) {
            stream = null;
            ctx.flush();
            ctx.close();
        } else {
            finish(last); // Until then the stream tells whether its client takes any of it.
        }
    }

    /** Hands over as much as the socket is likely to take. Called again whenever it takes more. */
    void handOver() {
        if (stream != null) {
            stream.advance();
            return;
        }
        // Writing makes the channel unwritable and flushing it writable, and both call back here.
        if (handingOver || !rest.hasRemaining()) {
            return;
        }
        handingOver = true;
        int most = share.slice();
        ChannelFuture written = null;
        while (rest.hasRemaining() && ctx.channel().isWritable()) {
            written = ctx.writeAndFlush(encoder.slice(ctx.alloc(), rest, most));
        }
        share.count();
        handingOver = false;
        if (!rest.hasRemaining()) {
            finish(written);
        }
    }

    private void finish(ChannelFuture last) {
        if (last.isDone()) {
            finished();
        } else {
            share.count();
            last.addListener(done -> finished());
        }
    }

    private void finished() {
        abandon();
        onWritten.run();
    }

    /** Forgets what is still to be written: the client has gone. */
    void abandon() {
        rest = NOTHING;
        stream = null;
        share.settle();
        release();
    }

    private void charge() {
        if (result == null) {
            charged = size;
            budget.charge(charged);
        } else {
            chargeForgotten();
        }
    }

    /** The run may be forgotten while its result is on its way: then nobody else counts it any more. */
    private void chargeForgotten() {
        if (result != null && charged == 0 && !result.isKept()) {
            charged = size;
            budget.charge(result, charged);
        }
    }

    private void release() {
        if (charged > 0 && result == null) {
            budget.release(charged);
        } else if (charged > 0) {
            budget.release(result, charged);
        }
        charged = 0;
        result = null;
    }

    /** Has the client taken a good piece more of the answer since it last had, however small the slices are? */
    boolean hasProgressed() {
        if (stream != null) {
            return stream.hasProgressed();
        }
        chargeForgotten();
        long left = rest.remaining() + share.pending();
        boolean progressed = leftBefore - left >= Unsent.LARGE;
        if (progressed) {
            leftBefore = left;
        }
        return progressed;
    }

    /** Says something in a stream that has nothing to say. */
    void keepAlive(long now) {
        if (stream != null) {
            stream.keepAlive(now);
        }
    }
}
