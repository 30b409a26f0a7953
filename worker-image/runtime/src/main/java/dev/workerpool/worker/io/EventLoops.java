package dev.workerpool.worker.io;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The I/O threads: few, for they never compute. Native epoll where the platform has it. */
public final class EventLoops implements AutoCloseable {
    /** In which some requests of 0.1 ms come and go, and that nobody notices who waits behind other runs anyway. */
    private static final Duration GATHERING = Duration.ofNanos(200_000);

    /**
     * Without it the kernel sends again for a quarter of an hour. With it, it counts no probes of an idle connection: the first one
     * that is due later ends that if none before it was answered, so several have to go out by then.
     */
    private static final int UNACKNOWLEDGED_MILLIS = 15_000;

    private static final int SECONDS_TO_PROBE = 5;
    private static final int SECONDS_BETWEEN_PROBES = 3;

    private final EventLoopGroup group;
    private final Class<? extends ServerChannel> channelType;
    private final boolean nativeTransport;
    private final Gathering gathering = new Gathering(GATHERING);

    public EventLoops(int threads) {
        nativeTransport = Epoll.isAvailable();
        IoHandlerFactory io = nativeTransport ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        channelType = nativeTransport ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("io", true), gathering.over(io));
    }

    public EventLoopGroup group() {
        return group;
    }

    public List<EventExecutor> loops() {
        var loops = new ArrayList<EventExecutor>();
        group.forEach(loops::add);
        return loops;
    }

    /** @return when it listens, or why it cannot */
    public ChannelFuture listen(ServerBootstrap server, Port port) {
        server.group(group);
        if (port.descriptor().isEmpty()) {
            return server.channel(channelType).bind(port.number());
        }
        if (!nativeTransport) {
            var failed = new DefaultChannelPromise(null, group.next());
            return failed.setFailure(new UnsupportedOperationException(
                    "its socket was opened before this process, and only native epoll can take it over: "
                            + Epoll.unavailabilityCause()));
        }
        int descriptor = port.descriptor().getAsInt();
        return server.channelFactory(() -> new EpollServerSocketChannel(descriptor))
                .register();
    }

    /**
     * A connection that another process accepted, not registered with any loop yet. Only where {@link PacketSocket} is
     * supported.
     */
    public static Channel connection(int descriptor) {
        return new EpollSocketChannel(descriptor);
    }

    /**
     * For connections to others. With native epoll, one that vanishes without a word is noticed in 17 s, and in 15 s when it has
     * not acknowledged what it was sent.
     */
    public Bootstrap client() {
        var client = new Bootstrap().option(ChannelOption.SO_KEEPALIVE, true);
        return nativeTransport
                ? client.channel(EpollSocketChannel.class)
                        .option(EpollChannelOption.TCP_KEEPIDLE, SECONDS_TO_PROBE)
                        .option(EpollChannelOption.TCP_KEEPINTVL, SECONDS_BETWEEN_PROBES)
                        .option(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS)
                : client.channel(NioSocketChannel.class);
    }

    public String description() {
        return nativeTransport ? "epoll" : "NIO";
    }

    /**
     * From now on lets what comes gather for a fraction of a millisecond, while there is enough else for the cores to do.
     *
     * @param enough asked on the event loops, before they wait for more to come
     */
    public void gatherWhile(BooleanSupplier enough) {
        gathering.whileThereIs(enough);
    }

    /** There is not enough to do any more, as asked for by {@link #gatherWhile}. From any thread. */
    public void gatherNoMore() {
        gathering.end();
    }

    /** Has something short done again and again, whatever goes wrong with it. */
    public void repeat(Runnable task, Duration pause) {
        repeat(group.next(), task, pause);
    }

    /** The same on a certain loop. */
    public static void repeat(EventExecutor loop, Runnable task, Duration pause) {
        loop.scheduleAtFixedRate(new Recurring(task), pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
