package dev.workerpool.worker.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's decoder, strict where lenience invites request smuggling, and telling its connection when bytes come. */
final class RequestDecoder extends HttpRequestDecoder {
    /** What is kept in less memory than this is not worth copying. */
    private static final int LARGE = 4 * 1024;

    private final Connection connection;

    RequestDecoder(Connection connection) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(HttpLimits.MAX_REQUEST_LINE)
                .setMaxHeaderSize(HttpLimits.MAX_HEADERS + HttpLimits.PEER_HEADERS)
                .setMaxChunkSize(64 * 1024)
                .setAllowDuplicateContentLengths(false));
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        connection.bytesArrived((ByteBuf) msg);
        super.channelRead(ctx, msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        compact(ctx);
        super.channelReadComplete(ctx);
    }

    /** A piece of a head, be it one byte, keeps all of the buffer that it was read into, for as long as its client likes. */
    private void compact(ChannelHandlerContext ctx) throws Exception {
        ByteBuf kept = internalBuffer();
        int size = kept.readableBytes();
        if (size > 0 && kept.capacity() > LARGE && size < kept.capacity() / 2) {
            // What the decoder has is empty then, and it goes on with this.
            super.channelRead(ctx, ctx.alloc().directBuffer(size).writeBytes(kept));
        }
    }

    /** Has it read beyond the end of the message that it decoded last? To be asked before it decodes the next. */
    boolean isAhead() {
        return ahead() > 0;
    }

    /** Bytes that it has not decoded yet. */
    int ahead() {
        return actualReadableBytes();
    }

    /** Two lengths for one body: whoever is between us and the client may believe the other one. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("Both Content-Length and Transfer-Encoding: chunked");
    }
}
