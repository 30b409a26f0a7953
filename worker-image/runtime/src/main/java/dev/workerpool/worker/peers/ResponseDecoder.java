package dev.workerpool.worker.peers;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.function.Consumer;

/** Netty's decoder, telling what bytes come, before it decodes them. */
final class ResponseDecoder extends HttpResponseDecoder {
    private final Consumer<ByteBuf> received;

    ResponseDecoder(Consumer<ByteBuf> received) {
        this.received = received;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        received.accept((ByteBuf) msg);
        super.channelRead(ctx, msg);
    }
}
