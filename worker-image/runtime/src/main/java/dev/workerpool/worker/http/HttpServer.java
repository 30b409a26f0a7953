package dev.workerpool.worker.http;

import dev.workerpool.worker.access.Access;
import dev.workerpool.worker.control.ControlChannel;
import dev.workerpool.worker.handover.Adopter;
import dev.workerpool.worker.io.EventLoops;
import dev.workerpool.worker.io.Port;
import dev.workerpool.worker.io.ReadBuffers;
import dev.workerpool.worker.io.Tls;
import dev.workerpool.worker.kept.KeptConnections;
import dev.workerpool.worker.kept.KeptConnections.Inherited;
import dev.workerpool.worker.peers.Peers;
import dev.workerpool.worker.pool.RunTracer;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.runs.RunStore;
import dev.workerpool.worker.task.TaskCatalog;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One port and its connections. Life cycle: {@link #start}, {@link #drain} (answers still, but every answer is its
 * connection's last), {@link #close}.
 */
public final class HttpServer {
    private static final long MANAGEMENT_BODIES = 2 << 20;
    private static final int BACKLOG = 1024;

    /** Bytes with what clients sent ahead of their answers, and of requests that are not whole; beyond, hardly any more is read. */
    private static final long MOST_AHEAD = 16L << 20;

    private static final Duration SWEEP = Duration.ofMillis(500);

    private final Port port;
    private final Tls tls;
    private final Routes routes;
    private final HttpLimits limits;
    private final BodyBudget budget;
    private final KeptConnections kept;
    private final EventLoops loops;
    private final ReadBuffers reads;

    /** By TLS the end of a read is mostly the beginning of a record, which keeps what it was read into until it is whole. */
    private final RecvByteBufAllocator records = new AdaptiveRecvByteBufAllocator(64, 2048, 16 * 1024);

    private final Admission admission = new Admission(this);
    private final Map<EventExecutor, ConnectionGroup> groups = new LinkedHashMap<>();
    private final Object emptied = new Object();
    private Channel listener;
    private volatile boolean draining;

    /** When a client last came by a new connection while it drained. */
    private volatile long newcomerAt;

    private volatile boolean hadNewcomers;

    private volatile boolean closing;

    /** The port that tasks are called on. */
    public static HttpServer tasks(
            Port port,
            TaskCatalog catalog,
            TaskPool pool,
            RunStore runs,
            Peers peers,
            PrometheusRegistry metrics,
            long maxBodySize,
            BodyBudget budget,
            BodyWork bodyWork,
            RunTracer tracer,
            Access access,
            KeptConnections kept,
            EventLoops loops) {
        var tasks = new TaskRoutes(catalog, pool, runs, peers, budget, tracer, access, bodyWork, metrics);
        var routes =
                new PeerRoutes(tasks, pool, peers, runs, new Adopter(tasks::able, runs), new Callers(access), bodyWork);
        return new HttpServer(
                port,
                access.tls(),
                routes,
                HttpLimits.ofBody(maxBodySize, access.tls().isSpoken()),
                budget,
                kept,
                loops);
    }

    /** The port that the platform and people look at. */
    public static HttpServer management(
            Port port,
            WorkerInfo info,
            TaskCatalog catalog,
            TaskPool pool,
            ControlChannel control,
            Supplier<MetricSnapshots> metrics,
            EventLoops loops) {
        var routes = new ManagementRoutes(info, catalog, pool, control, metrics);
        var budget = new BodyBudget(MANAGEMENT_BODIES);
        return new HttpServer(port, Tls.NONE, routes, HttpLimits.ofManagement(), budget, KeptConnections.NONE, loops);
    }

    HttpServer(
            Port port,
            Tls tls,
            Routes routes,
            HttpLimits limits,
            BodyBudget budget,
            KeptConnections kept,
            EventLoops loops) {
        this.port = port;
        this.tls = tls;
        this.routes = routes;
        this.limits = limits;
        this.budget = budget;
        this.kept = kept;
        this.loops = loops;
        int share = Math.max(1, limits.maxConnections() / loops.loops().size());
        long unsent = limits.maxUnsent() / loops.loops().size();
        reads = new ReadBuffers(MOST_AHEAD / loops.loops().size());
        loops.loops().forEach(loop -> groups.put(loop, new ConnectionGroup(loop, share, unsent, this::emptied)));
    }

    /** @throws IOException when the port cannot be had */
    public void start() throws IOException {
        var server = new ServerBootstrap()
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        serve(channel, new Keeping(kept));
                    }
                });
        ChannelFuture bound = loops.listen(server, port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "Port " + port.number() + " cannot be listened on: "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        listener = bound.channel();
        groups.forEach((loop, group) -> EventLoops.repeat(loop, () -> group.sweep(System.nanoTime()), SWEEP));
        loops.repeat(kept::flush, SWEEP);
    }

    /** On the channel's event loop, before anything is read from it. */
    private Connection serve(Channel channel, Keeping keeping) {
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        channel.config().setRecvByteBufAllocator(tls.isSpoken() ? records : reads);
        var connection = new Connection(this, groups.get(channel.eventLoop()), keeping);
        tls.accept(channel.pipeline());
        channel.pipeline().addLast(connection.decoder(), connection);
        return connection;
    }

    /**
     * Goes on with the connections of the worker before this one: with what it had not begun as if it came now; what it was
     * executing is answered, and where an answer was sent in part the connection ends. After {@link #start}.
     *
     * @param exitCode of that worker
     */
    public void inherit(int exitCode) {
        for (Inherited inherited : kept.inherited()) {
            Channel channel = EventLoops.connection(inherited.connection().descriptor());
            if (!channel.isActive()) {
                // Reset meanwhile: it would never tell.
                channel.unsafe().closeForcibly();
                inherited.forget();
                continue;
            }
            channel.pipeline().addLast(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel registered) {
                    // What comes next is behind what it was left with.
                    registered.config().setAutoRead(false);
                    Connection connection = serve(registered, new Keeping(kept, inherited));
                    // Not before it is registered whole: what is answered is written.
                    registered.eventLoop().execute(() -> connection.inherit(inherited, exitCode));
                }
            });
            loops.group().register(channel).addListener(done -> {
                if (!done.isSuccess()) {
                    inherited.forget();
                }
            });
        }
    }

    /** The port in use; differs from the one asked for when that was 0. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** From now on every answer asks its client to come back on a new connection, which will go elsewhere. */
    public void drain() {
        draining = true;
    }

    /** Stops listening, lets the answers under way out, and closes all connections. */
    public void close(Duration patience) throws InterruptedException {
        close(patience, patience);
    }

    /** @param reading the same for clients that are taking their answers, when that is longer */
    public void close(Duration patience, Duration reading) throws InterruptedException {
        draining = true;
        closing = true;
        listener.close().awaitUninterruptibly();
        close(state -> state == Connection.State.IDLE);
        awaitEmpty(patience);
        close(state -> state != Connection.State.WRITING);
        awaitEmpty(reading.minus(patience));
        close(state -> true);
    }

    private void close(Predicate<Connection.State> which) {
        groups.forEach((loop, group) -> loop.execute(() -> group.close(which)));
    }

    private void awaitEmpty(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        synchronized (emptied) {
            for (long left = patience.toNanos(); connections() > 0 && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(emptied, left);
            }
        }
    }

    private void emptied() {
        synchronized (emptied) {
            emptied.notifyAll();
        }
    }

    public int connections() {
        return groups.values().stream().mapToInt(ConnectionGroup::size).sum();
    }

    /** What answers wait in for the clients of an event loop; to be asked for on it. */
    Unsent unsent(EventExecutor loop) {
        return groups.get(loop).unsent();
    }

    boolean isDraining() {
        return draining;
    }

    void cameNew() {
        newcomerAt = System.nanoTime();
        hadNewcomers = true;
    }

    /** Has a client, not a replica, come by a new connection since {@link #drain}, and no longer ago than this? */
    public boolean hasNewcomers(Duration ago) {
        return hadNewcomers && System.nanoTime() - newcomerAt < ago.toNanos();
    }

    boolean isClosing() {
        return closing;
    }

    ReadBuffers reads() {
        return reads;
    }

    Admission admission() {
        return admission;
    }

    Routes routes() {
        return routes;
    }

    HttpLimits limits() {
        return limits;
    }

    BodyBudget budget() {
        return budget;
    }

    /** One body alone can never have more than all may have together. */
    public long maxBodySize() {
        return Math.min(limits.maxBodySize(), budget.limit());
    }
}
