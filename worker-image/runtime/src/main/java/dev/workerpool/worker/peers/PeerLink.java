package dev.workerpool.worker.peers;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Listens to the load of one peer, and comes back when the connection ends or falls silent. Whoever answers must have the
 * peer's name: addresses of pods are used again. On one event loop only.
 */
final class PeerLink {
    static final String PATH = "/peers/load";

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final int MAX_LINE = 256;
    private static final int OK = 200;
    private static final HttpHeaders NO_HEADERS = EmptyHttpHeaders.INSTANCE;

    private final Peers peers;
    private final PeerView view;
    private final Bootstrap bootstrap;
    private Channel channel;
    private boolean connecting;
    private boolean closed;
    private long pause = FIRST_PAUSE_NANOS;
    private long retryAt = System.nanoTime();
    private long heardAt;

    /** @param common bound to the loop */
    PeerLink(Peers peers, PeerView view, Bootstrap common) {
        this.peers = peers;
        this.view = view;
        this.bootstrap = common.clone().handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel made) {
                peers.tls().connect(made.pipeline());
                made.pipeline().addLast(new HttpResponseDecoder(), new Listener());
            }
        });
    }

    PeerView view() {
        return view;
    }

    /** Connects when that is due; leaves a connection that is silent. */
    void check(long now) {
        if (closed) {
            return;
        }
        if (channel != null && now - heardAt > SILENCE_NANOS) {
            channel.close();
        }
        if (channel == null && !connecting && now - retryAt >= 0) {
            connect();
        }
    }

    private void connect() {
        connecting = true;
        Dialing.to(view.peer(), bootstrap, connected -> {
            connecting = false;
            if (connected == null) {
                retryLater();
            } else if (closed) {
                connected.close();
            } else {
                channel = connected;
                heardAt = System.nanoTime();
                ByteBuf head = channel.alloc().directBuffer(512);
                new PassedRequest("GET", PATH, NO_HEADERS, ByteBuffer.allocate(0), heardAt)
                        .writeHead(head, new Routing.Choice(view, PassReason.OWNER, 0), peers.replica(), peers.token());
                channel.writeAndFlush(head);
            }
        });
    }

    private void retryLater() {
        long jitter = ThreadLocalRandom.current().nextLong(pause / 2 + 1);
        retryAt = System.nanoTime() + pause + jitter;
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }

    void close() {
        closed = true;
        view.forget();
        if (channel != null) {
            channel.close();
        }
    }

    private final class Listener extends ChannelInboundHandlerAdapter {
        private final StringBuilder line = new StringBuilder();
        private boolean accepted;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                if (((HttpObject) message).decoderResult().isFailure() || !takes(message)) {
                    ctx.close();
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        /** @return false when this is not the load of the peer */
        private boolean takes(Object message) {
            if (message instanceof HttpResponse head) {
                accepted = head.status().code() == OK
                        && view.peer().replica().equals(head.headers().get(PeerHeaders.REPLICA));
            }
            boolean ends = message instanceof LastHttpContent;
            return accepted && !ends && (!(message instanceof HttpContent content) || takes(content.content()));
        }

        private boolean takes(ByteBuf bytes) {
            String text = bytes.toString(StandardCharsets.US_ASCII);
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c != '\n') {
                    line.append(c);
                } else if (!takes(line.toString())) {
                    return false;
                } else {
                    line.setLength(0);
                }
            }
            return line.length() <= MAX_LINE;
        }

        private boolean takes(String whole) {
            Load load = Load.parse(whole);
            if (load == null) {
                return false;
            }
            heardAt = System.nanoTime();
            pause = FIRST_PAUSE_NANOS;
            view.report(load, heardAt);
            peers.reported(view, load);
            return true;
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (channel != null) { // Else it never came about.
                channel = null;
                view.forget();
                retryLater();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
