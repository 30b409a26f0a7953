package dev.workerpool.worker.io;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.function.Supplier;

/**
 * Looks whether a client that was to speak TLS does: one that speaks plain HTTP can then be told so in its language, rather
 * than have its connection cut.
 */
final class TlsGreeting extends ByteToMessageDecoder {
    /** Of a record's header, by which one is known. */
    private static final int HEADER = 5;

    private final Supplier<SslHandler> handler;
    private final Runnable onPlain;

    TlsGreeting(Supplier<SslHandler> handler, Runnable onPlain) {
        this.handler = handler;
        this.onPlain = onPlain;
    }

    /** What has come goes to the handler behind once this one has gone. */
    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < HEADER) {
            return;
        }
        if (SslHandler.isEncrypted(in, false)) {
            ctx.pipeline().replace(this, null, handler.get());
        } else {
            onPlain.run();
            ctx.fireUserEventTriggered(Tls.PLAIN);
            ctx.pipeline().remove(this);
        }
    }
}
