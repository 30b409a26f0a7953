package dev.workerpool.worker.peers;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.function.IntConsumer;

/** Netty's decoder, telling how many bytes come, before it decodes them. */
final class ResponseDecoder extends HttpResponseDecoder {
    private final IntConsumer received;

    ResponseDecoder(IntConsumer received) {
        this.received = received;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        received.accept(((ByteBuf) msg).readableBytes());
        super.channelRead(ctx, msg);
    }
}
