package dev.workerpool.worker.io;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * TLS on connections, or not: those that callers made, and those to peers. What a handshake computes is computed on threads of
 * their own, for signing takes a millisecond, and all connections wait for their event loop. What peers answer does not wait
 * behind callers who come all at once; a peer that calls is not told from them before it has said who it is.
 */
public final class Tls {
    /** Nothing is encrypted. */
    public static final Tls NONE = new Tls(null, null, null, null);

    /** Tells a connection's handlers that its client speaks no TLS; what it speaks comes next. */
    public static final Object PLAIN = new Object() {
        @Override
        public String toString() {
            return "PLAIN";
        }
    };

    /** Bytes of a client whose handshake waits: it has said hello, and has to hear something before it may say more. */
    private static final int MOST_BEFORE = 32 * 1024;

    private static final long CALLERS_HANDSHAKE_MILLIS = 10_000;
    private static final long PEERS_HANDSHAKE_MILLIS = 10_000;
    private static final long GOODBYE_MILLIS = 1_000;
    private static final long IDLE_SECONDS = 10;

    private final Supplier<SSLEngine> toCallers;
    private final Supplier<SSLEngine> toPeers;
    private final Runnable onFailure;
    private final Runnable onPlain;
    /** Null where nothing is encrypted, as the other one. */
    private final ExecutorService withCallers;

    private final ExecutorService withPeers;

    private Tls(Supplier<SSLEngine> toCallers, Supplier<SSLEngine> toPeers, Runnable onFailure, Runnable onPlain) {
        this.toCallers = toCallers;
        this.toPeers = toPeers;
        this.onFailure = onFailure;
        this.onPlain = onPlain;
        this.withCallers = isSpoken() ? handshakes("tls-callers") : null;
        this.withPeers = isSpoken() ? handshakes("tls-peers") : null;
    }

    /**
     * @param onFailure called when a caller's connection does not come about
     * @param onPlain called when a caller speaks no TLS
     */
    public static Tls of(
            Supplier<SSLEngine> toCallers, Supplier<SSLEngine> toPeers, Runnable onFailure, Runnable onPlain) {
        return new Tls(toCallers, toPeers, onFailure, onPlain);
    }

    /** Has no thread as long as there is nothing to do. */
    private static ExecutorService handshakes(String name) {
        var executor = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name(name).daemon().factory());
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    public boolean isSpoken() {
        return toCallers != null;
    }

    /** For a connection that was accepted, before its other handlers are added. */
    public void accept(ChannelPipeline pipeline) {
        if (isSpoken()) {
            pipeline.addLast(new TlsGreeting(this::toCaller, onPlain));
        }
    }

    private SslHandler toCaller() {
        SslHandler handler = handler(toCallers.get(), withCallers, CALLERS_HANDSHAKE_MILLIS);
        handler.handshakeFuture().addListener(done -> {
            if (!done.isSuccess()) {
                onFailure.run();
            }
        });
        return handler;
    }

    /** For a connection to a peer, before its other handlers are added. */
    public void connect(ChannelPipeline pipeline) {
        if (isSpoken()) {
            pipeline.addLast(handler(toPeers.get(), withPeers, PEERS_HANDSHAKE_MILLIS));
        }
    }

    private static SslHandler handler(SSLEngine engine, Executor handshakes, long handshakeMillis) {
        var handler = new BoundedHandler(engine, new Handshake(handshakes));
        handler.setHandshakeTimeout(handshakeMillis, TimeUnit.MILLISECONDS);
        handler.setCloseNotifyFlushTimeout(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
        return handler;
    }

    /**
     * Waits until a connection can be spoken on. On its event loop.
     *
     * @param channel connected
     * @param then is told whether it can; when it cannot the connection is closed
     */
    public static void whenAgreed(Channel channel, Consumer<Boolean> then) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            then.accept(true);
            return;
        }
        handler.handshakeFuture().addListener(done -> {
            if (!done.isSuccess()) {
                channel.close();
            }
            then.accept(done.isSuccess());
        });
    }

    /** Closes it; says goodbye only where something was agreed on. On the connection's event loop. */
    public static void close(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null || handler.handshakeFuture().isSuccess()) {
            channel.close();
        } else {
            abort(channel);
        }
    }

    /** Closes it without a goodbye, which would wait for a client that takes nothing. On the connection's event loop. */
    public static void abort(Channel channel) {
        ChannelHandlerContext handler = channel.pipeline().context(SslHandler.class);
        if (handler == null) {
            channel.close();
        } else {
            handler.close();
        }
    }

    /** Says that nothing more comes; what the other side still sends is read. On the connection's event loop. */
    public static void shutdownOutput(DuplexChannel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            channel.shutdownOutput();
        } else {
            handler.closeOutbound().addListener(said -> channel.shutdownOutput());
        }
    }

    public void close() {
        if (isSpoken()) {
            withCallers.shutdown();
            withPeers.shutdown();
        }
    }

    /** Where the tasks of one handshake wait. Nothing is computed for a client that has gone meanwhile, or was sent away. */
    private static final class Handshake implements Executor {
        private final Executor handshakes;
        private SslHandler handler;

        Handshake(Executor handshakes) {
            this.handshakes = handshakes;
        }

        @Override
        public void execute(Runnable task) {
            handshakes.execute(() -> {
                if (handler.handshakeFuture().cause() == null) {
                    task.run();
                }
            });
        }
    }

    /** What a client sends while its handshake waits is kept, but not without bound. */
    private static final class BoundedHandler extends SslHandler {
        BoundedHandler(SSLEngine engine, Handshake handshake) {
            super(engine, handshake);
            handshake.handler = this;
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws SSLException {
            if (!handshakeFuture().isDone() && in.readableBytes() > MOST_BEFORE) {
                in.skipBytes(in.readableBytes());
                ctx.close();
            } else {
                super.decode(ctx, in, out);
            }
        }
    }
}
