package dev.workerpool.worker.peers;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The connections of one event loop to peers, one request at a time on each. On that loop only. */
final class PassConnections {
    /** Well before the other side would close it: what is sent into a closing connection may be lost. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int MAX_IDLE = 32;

    private final EventLoop loop;
    private final Peers peers;
    private final Bootstrap bootstrap;
    private final Map<Peer, ArrayDeque<PassConnection>> idle = new HashMap<>();
    private final Set<Pass> passes = new HashSet<>();

    PassConnections(EventLoop loop, Peers peers, Bootstrap common) {
        this.loop = loop;
        this.peers = peers;
        this.bootstrap = common.clone(loop).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HttpResponseDecoder(), new PassConnection(channel));
            }
        });
    }

    String replica() {
        return peers.replica();
    }

    String token() {
        return peers.token();
    }

    void count(PassReason reason, PassOutcome outcome) {
        peers.metrics().passed(reason, outcome);
    }

    /** Begins a pass. Its observer may hear of the end before this returns. */
    void begin(Pass pass) {
        passes.add(pass);
        pass.begun(pass.view().passed());
        Peer peer = pass.view().peer();
        ArrayDeque<PassConnection> waiting = idle.get(peer);
        PassConnection free = waiting == null ? null : waiting.pollLast();
        if (free != null) {
            free.pass = pass;
            pass.connected(free.channel);
            return;
        }
        bootstrap.connect(peer.address()).addListener((io.netty.channel.ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                connected.channel().pipeline().get(PassConnection.class).pass = pass;
                pass.connected(connected.channel());
            } else {
                pass.failed("it cannot be reached");
            }
        });
    }

    void over(Pass pass, Channel channel, boolean reusable) {
        passes.remove(pass);
        peers.passEnded();
        if (channel != null) {
            release(pass.view().peer(), channel, reusable);
        }
    }

    void release(Peer peer, Channel channel, boolean reusable) {
        var connection = channel.pipeline().get(PassConnection.class);
        if (connection != null) {
            connection.pass = null;
        }
        ArrayDeque<PassConnection> waiting = idle.computeIfAbsent(peer, p -> new ArrayDeque<>());
        if (!reusable || connection == null || !channel.isActive() || waiting.size() == MAX_IDLE) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(true);
        connection.idleSince = System.nanoTime();
        connection.peer = peer;
        waiting.addLast(connection);
    }

    /** Looks after silent peers, and closes what is not used. */
    void sweep(long now, Set<Peer> known) {
        for (Pass pass : new ArrayList<>(passes)) {
            pass.check(now);
        }
        for (var waiting : idle.entrySet()) {
            boolean gone = !known.contains(waiting.getKey());
            for (PassConnection connection : new ArrayList<>(waiting.getValue())) {
                if (gone || now - connection.idleSince > IDLE_NANOS) {
                    connection.channel.close();
                }
            }
        }
        idle.values().removeIf(ArrayDeque::isEmpty);
    }

    EventLoop loop() {
        return loop;
    }

    private final class PassConnection extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private Pass pass;
        private Peer peer;
        private long idleSince;

        PassConnection(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                if (pass != null) {
                    pass.received((HttpObject) message);
                } else {
                    ctx.close(); // An answer to nothing.
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (pass != null) {
                pass.send();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ended();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
            ended();
        }

        private void ended() {
            if (pass != null) {
                pass.failed("the connection to it has ended");
            } else if (peer != null) {
                ArrayDeque<PassConnection> waiting = idle.get(peer);
                if (waiting != null) {
                    waiting.remove(this);
                }
            }
        }
    }
}
