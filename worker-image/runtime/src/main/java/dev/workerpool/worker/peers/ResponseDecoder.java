package dev.workerpool.worker.peers;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.function.Consumer;

/** Netty's decoder, telling what bytes come, before it decodes them. */
final class ResponseDecoder extends HttpResponseDecoder {
    private final Consumer<ByteBuf> received;

    /** What a task says of its result may be as long as what its caller says. */
    private static final int MAX_HEADERS = 64 * 1024;

    ResponseDecoder(Consumer<ByteBuf> received) {
        super(new HttpDecoderConfig().setMaxHeaderSize(MAX_HEADERS));
        this.received = received;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        received.accept((ByteBuf) msg);
        super.channelRead(ctx, msg);
    }
}
