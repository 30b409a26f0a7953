package dev.workerpool.worker.io;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/**
 * TLS on connections, or not: those that callers made, and those to peers. What a handshake computes is computed on a thread
 * of its own, for signing takes a millisecond, and all connections wait for their event loop.
 */
public final class Tls {
    /** Nothing is encrypted. */
    public static final Tls NONE = new Tls(null, null, null, null, null);

    /** Tells a connection's handlers that its client speaks no TLS; what it speaks comes next. */
    public static final Object PLAIN = new Object() {
        @Override
        public String toString() {
            return "PLAIN";
        }
    };

    private static final long CALLERS_HANDSHAKE_MILLIS = 10_000;
    private static final long PEERS_HANDSHAKE_MILLIS = 2_000;
    private static final long GOODBYE_MILLIS = 1_000;

    private final Supplier<SSLEngine> toCallers;
    private final Supplier<SSLEngine> toPeers;
    private final Runnable onFailure;
    private final Runnable onPlain;
    private final ExecutorService handshakes;

    private Tls(
            Supplier<SSLEngine> toCallers,
            Supplier<SSLEngine> toPeers,
            Runnable onFailure,
            Runnable onPlain,
            ExecutorService handshakes) {
        this.toCallers = toCallers;
        this.toPeers = toPeers;
        this.onFailure = onFailure;
        this.onPlain = onPlain;
        this.handshakes = handshakes;
    }

    /**
     * @param onFailure called when a caller's connection does not come about
     * @param onPlain called when a caller speaks no TLS
     */
    public static Tls of(
            Supplier<SSLEngine> toCallers, Supplier<SSLEngine> toPeers, Runnable onFailure, Runnable onPlain) {
        var handshakes = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("tls").daemon().factory());
        return new Tls(toCallers, toPeers, onFailure, onPlain, handshakes);
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
        SslHandler handler = handler(toCallers.get(), CALLERS_HANDSHAKE_MILLIS);
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
            pipeline.addLast(handler(toPeers.get(), PEERS_HANDSHAKE_MILLIS));
        }
    }

    private SslHandler handler(SSLEngine engine, long handshakeMillis) {
        var handler = new SslHandler(engine, handshakes);
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
            handshakes.shutdown();
        }
    }
}
