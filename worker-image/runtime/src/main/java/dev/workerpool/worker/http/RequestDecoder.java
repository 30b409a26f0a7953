package dev.workerpool.worker.http;

import dev.workerpool.worker.io.ReadBuffers;
import dev.workerpool.worker.peers.PeerHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.util.List;

/** Netty's decoder, strict where lenience invites request smuggling, and telling its connection when bytes come. */
final class RequestDecoder extends HttpRequestDecoder {
    private static final HttpHeadersFactory HEADERS = BoundedHeaders.by(DefaultHttpHeadersFactory.headersFactory());

    private static final HttpHeadersFactory TRAILERS = BoundedHeaders.by(DefaultHttpHeadersFactory.trailersFactory());

    private final Connection connection;

    /** Bytes in the life of the connection, and how many of them there were when the last request ended. */
    private long arrived;

    private long ended;

    RequestDecoder(Connection connection) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(HttpLimits.MAX_REQUEST_LINE)
                .setMaxHeaderSize(HttpLimits.MAX_HEADERS + HttpLimits.PEER_HEADERS)
                .setMaxChunkSize(64 * 1024)
                .setAllowDuplicateContentLengths(false)
                .setHeadersFactory(HEADERS)
                .setTrailersFactory(TRAILERS));
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        var bytes = (ByteBuf) msg;
        connection.bytesArrived(bytes);
        arrived += bytes.readableBytes();
        super.channelRead(ctx, msg);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (unfinished() == in.readableBytes()) {
            skipLineEnds(in);
        }
        int before = out.size();
        super.decode(ctx, in, out);
        if (out.size() == before) {
            return;
        }
        if (out.get(before) instanceof HttpRequest head) {
            confirmSize(head, unfinished() - in.readableBytes());
        }
        if (out.getLast() instanceof LastHttpContent) {
            ended = arrived - in.readableBytes();
        }
    }

    /** Some clients send one behind a body, and it begins no request (RFC 9112, 2.2). */
    private void skipLineEnds(ByteBuf in) {
        while (in.isReadable() && isLineEnd(in.getByte(in.readerIndex()))) {
            in.skipBytes(1);
            ended++;
        }
    }

    private static boolean isLineEnd(byte character) {
        return character == '\r' || character == '\n';
    }

    /** Those of clients have to be some less than a peer may send, or whether they are too large would depend on who runs it. */
    private static void confirmSize(HttpRequest request, long bytes) {
        HttpHeaders headers = request.headers();
        boolean tooLarge = headers.size() > HttpLimits.MAX_HEADER_COUNT
                || bytes > HttpLimits.MAX_HEADERS && WaitingHead.size(headers) > HttpLimits.MAX_HEADERS;
        if (tooLarge && request.decoderResult().isSuccess() && !headers.contains(PeerHeaders.TOKEN)) {
            request.setDecoderResult(DecoderResult.failure(new TooLongHttpHeaderException()));
        }
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
        if (size > 0 && kept.capacity() > ReadBuffers.SCARCE && size < kept.capacity() / 2) {
            // What the decoder has is empty then, and it goes on with this.
            super.channelRead(ctx, ctx.alloc().directBuffer(size).writeBytes(kept));
        }
    }

    /** Bytes that came of a request that has not come whole. */
    long unfinished() {
        return arrived - ended;
    }

    /** Has it read beyond the end of the message that it decoded last? To be asked before it decodes the next. */
    boolean isAhead() {
        return actualReadableBytes() > 0;
    }

    /** Two lengths for one body: whoever is between us and the client may believe the other one. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("Both Content-Length and Transfer-Encoding: chunked");
    }
}
