package dev.workerpool.worker.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's decoder, strict where lenience invites request smuggling, and telling its connection when bytes come. */
final class RequestDecoder extends HttpRequestDecoder {
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
