package dev.workerpool.worker.peers;

import dev.workerpool.worker.kept.KeptPass;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
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
    private static final String ENDED = "the connection to it has ended";

    private final EventLoop loop;
    private final Passes all;
    private final Bootstrap bootstrap;
    private final Map<Peer, ArrayDeque<PassConnection>> idle = new HashMap<>();
    private final Set<Pass> passes = new HashSet<>();

    PassConnections(EventLoop loop, Passes all, Bootstrap common) {
        this.loop = loop;
        this.all = all;
        this.bootstrap = common.clone(loop).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                all.peers().tls().connect(channel.pipeline());
                new PassConnection(channel);
            }
        });
    }

    String replica() {
        return all.peers().replica();
    }

    String token() {
        return all.peers().token();
    }

    boolean isDraining() {
        return all.peers().isDraining();
    }

    void count(PassReason reason, PassOutcome outcome) {
        all.peers().metrics().passed(reason, outcome);
    }

    /** Begins a pass. Its observer may hear of the end before this returns. */
    void begin(Pass pass) {
        passes.add(pass);
        pass.begun(pass.view().passed());
        Peer peer = pass.view().peer();
        ArrayDeque<PassConnection> waiting = idle.get(peer);
        PassConnection free = waiting == null ? null : waiting.pollLast();
        if (free != null) {
            free.begin(pass);
            pass.connected(free.channel);
            return;
        }
        Dialing.to(peer, bootstrap, connected -> {
            if (connected != null) {
                of(connected).begin(pass);
                pass.connected(connected);
            } else {
                pass.failed("it cannot be reached");
            }
        });
    }

    /** Goes on with a pass of the worker before this one. Its observer may hear of the end before this returns. */
    void resume(Pass pass, KeptPass kept, Channel channel) {
        passes.add(pass);
        pass.begun(pass.view().passed());
        if (!channel.isActive()) {
            // Reset meanwhile: it would never tell.
            channel.unsafe().closeForcibly();
            kept.forget();
            pass.failed(ENDED);
            return;
        }
        channel.pipeline().addLast(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel registered) {
                new PassConnection(registered).resume(pass, kept);
            }
        });
        loop.register(channel).addListener(done -> {
            if (!done.isSuccess()) {
                kept.forget();
                pass.failed("its connection cannot be gone on with");
            }
        });
    }

    /** All was sent on the channel. @return what the next worker would go on with; null when nothing */
    KeptPass awaits(Channel channel) {
        PassConnection connection = of(channel);
        if (connection == null || connection.kept == null) {
            return null;
        }
        connection.kept.awaits();
        return connection.kept;
    }

    /** @return null when the channel is closed */
    private static PassConnection of(Channel channel) {
        return channel.pipeline().get(PassConnection.class);
    }

    void over(Pass pass, Channel channel, boolean reusable) {
        passes.remove(pass);
        all.ended();
        if (channel != null) {
            release(pass.view().peer(), channel, reusable);
        }
    }

    void release(Peer peer, Channel channel, boolean reusable) {
        PassConnection connection = of(channel);
        if (connection != null) {
            connection.pass = null;
        }
        ArrayDeque<PassConnection> waiting = idle.computeIfAbsent(peer, p -> new ArrayDeque<>());
        if (!reusable || connection == null || !channel.isActive() || waiting.size() == MAX_IDLE) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(true);
        connection.idle(peer);
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

        /** Null when the connection ends with this process. */
        private KeptPass kept;

        private boolean replays;

        PassConnection(Channel channel) {
            this.channel = channel;
            channel.pipeline().addLast(new ResponseDecoder(this::received), this);
        }

        /** What is new on this connection leads to the peer of its first pass. */
        private void begin(Pass first) {
            if (peer == null && channel instanceof UnixChannel socket) {
                kept = all.keep(socket.fd().intValue(), first.view().peer());
            }
            peer = first.view().peer();
            pass = first;
        }

        private void resume(Pass resumed, KeptPass by) {
            peer = resumed.view().peer();
            pass = resumed;
            kept = by;
            pass.resumed(channel);
            if (kept.bytes().hasRemaining()) {
                // What comes now comes behind that, and nobody is told before he knows what he is told of.
                channel.config().setAutoRead(false);
                loop.execute(this::replay);
            }
        }

        private void idle(Peer to) {
            idleSince = System.nanoTime();
            peer = to;
            if (kept != null) {
                kept.idle();
            }
        }

        /** Before they are decoded: half a head never comes through the decoder. */
        private void received(ByteBuf bytes) {
            if (kept == null || replays) {
                return;
            }
            int size = bytes.readableBytes();
            ByteBuffer place = kept.place(size);
            if (place != null) {
                bytes.getBytes(bytes.readerIndex(), place);
            }
            kept.received(size, place != null);
        }

        /** Reads again what the worker before this one had read of the answer. */
        private void replay() {
            if (kept == null) {
                return; // It was closed meanwhile, and its pass has heard of that.
            }
            channel.config().setAutoRead(true);
            replays = true;
            channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(kept.bytes()));
            replays = false;
            channel.pipeline().fireChannelReadComplete();
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
            if (kept != null) {
                kept.forget();
                kept = null;
            }
            ended();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
            ended();
        }

        private void ended() {
            if (pass != null) {
                pass.failed(ENDED);
            } else if (peer != null) {
                ArrayDeque<PassConnection> waiting = idle.get(peer);
                if (waiting != null) {
                    waiting.remove(this);
                }
            }
        }
    }
}
