package dev.workerpool.worker;

import dev.workerpool.sharing.SharedMemory;
import dev.workerpool.worker.access.Access;
import dev.workerpool.worker.access.InvalidAccessException;
import dev.workerpool.worker.control.ControlChannel;
import dev.workerpool.worker.control.RefusedTasksSection;
import dev.workerpool.worker.handover.HandOver;
import dev.workerpool.worker.handover.RunMover;
import dev.workerpool.worker.http.BodyBudget;
import dev.workerpool.worker.http.BodyWork;
import dev.workerpool.worker.http.HttpServer;
import dev.workerpool.worker.http.WorkerInfo;
import dev.workerpool.worker.io.EventLoops;
import dev.workerpool.worker.kept.KeptConnections;
import dev.workerpool.worker.peers.Peers;
import dev.workerpool.worker.pool.PastDeath;
import dev.workerpool.worker.pool.PoolListener;
import dev.workerpool.worker.pool.RunTracer;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.pool.TerminationLog;
import dev.workerpool.worker.runs.RunStore;
import dev.workerpool.worker.task.Artifact;
import dev.workerpool.worker.task.TaskCatalog;
import dev.workerpool.worker.trace.OtlpTracer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * All parts of a worker put together: tasks, the pool that runs them, and the two ports. Started once and stopped once;
 * {@link #stop} may be called from any thread and returns when the worker has done what it can.
 */
final class Worker implements WorkerInfo {
    private static final Logger LOG = System.getLogger(Worker.class.getName());

    /** Of the heap, for all bodies together: the rest is for tasks, whose results and pictures are larger than inputs. */
    private static final int BODY_SHARE = 3;

    private static final Duration SWEEP = Duration.ofSeconds(1);

    /** Clients that are taking their answers have what is left of the drain, if that is longer. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(3);

    /** For the results of runs that ended last to get to another replica. */
    private static final Duration LAST_RUNS = Duration.ofSeconds(5);

    private static final Duration LAST_RESOURCES = Duration.ofSeconds(5);

    /** Once nobody has connected for so long, the endpoints have followed. */
    private static final Duration NO_NEWCOMERS = Duration.ofSeconds(1);

    private static final Duration LOOK_FOR_NEWCOMERS = Duration.ofMillis(50);

    /** For how many more drain delays to wait for that. */
    private static final int MOST_DELAYS = 4;

    /** By then whoever waited for this worker has an answer, and the operator has hardly heard of it. */
    private static final Duration FIRST_ANSWERS = Duration.ofMillis(200);

    private final WorkerSettings settings;
    private final TaskCatalog catalog;
    private final TerminationLog terminationLog;
    private final JvmMeters meters;
    private final TaskPool pool;
    private final ControlChannel control;
    private final EventLoops loops;
    private final Peers peers;
    private final RunStore runs;
    private final RunMover mover;
    private final HandOver handOver;
    /** Null when nothing is traced. */
    private final OtlpTracer traces;

    private final Access access;
    private final BodyWork bodyWork = new BodyWork();
    private final HttpServer tasks;
    private final HttpServer management;
    private volatile State state = State.STARTING;

    /**
     * @param threadsLost hears when this worker had better be replaced
     * @throws InvalidAccessException when certificate or tokens cannot be used
     */
    Worker(WorkerSettings settings, PoolListener threadsLost) throws InvalidAccessException {
        this.settings = settings;
        var metrics = new PrometheusRegistry();
        meters = new JvmMeters(metrics);
        access = Access.open(settings.access(), metrics);
        // Neither needs the other, and there are two cores to start on.
        var transport = CompletableFuture.supplyAsync(
                () -> new EventLoops(ioThreads()),
                task -> Thread.ofPlatform().name("transport").daemon().start(task));
        catalog = TaskCatalog.load(
                settings.taskFolders(), settings.isolation(), new SharedMemory(settings.sharedMemory()));
        terminationLog = openTerminationLog(settings.terminationLog());
        pool = new TaskPool(settings.threads(), catalog, metrics, terminationLog, threadsLost);
        loops = transport.join();
        loops.gatherWhile(pool::hasPlenty);
        pool.onScarcity(loops::gatherNoMore);
        var budget = new BodyBudget(Runtime.getRuntime().maxMemory() / BODY_SHARE);
        KeptConnections kept = settings.inheritance().connections(!access.tls().isSpoken(), metrics);
        peers = new Peers(pool, loops, kept, access.tls(), metrics);
        runs = new RunStore(pool, settings.runs(), InstantSource.system(), metrics);
        mover = new RunMover(runs, peers);
        peers.onAsked(mover);
        handOver = new HandOver(runs, peers);
        traces = settings.traces().enabled() ? OtlpTracer.open(settings.traces()) : null;
        RunTracer tracer = traces == null ? RunTracer.OFF : traces;
        tasks = HttpServer.tasks(
                settings.port(),
                catalog,
                pool,
                runs,
                peers,
                metrics,
                settings.maxBodySize(),
                budget,
                bodyWork,
                tracer,
                access,
                kept,
                loops);
        control = new ControlChannel(
                settings.control(),
                pool,
                Map.of("peers", new PeersSection(peers), "refusedTasks", new RefusedTasksSection(pool.refusedTasks())),
                settings.inheritance().memory(),
                metrics,
                InstantSource.system());
        management =
                HttpServer.management(settings.managementPort(), this, catalog, pool, control, meters::scrape, loops);
    }

    /** Tasks need the cores; one loop moves tens of thousands of requests a second. */
    private static int ioThreads() {
        return Math.clamp(Runtime.getRuntime().availableProcessors() / 4, 1, 4);
    }

    /** @param path null when there is none. That it cannot be mapped into memory is no reason not to serve. */
    private TerminationLog openTerminationLog(Path path) {
        if (path == null) {
            return TerminationLog.OFF;
        }
        try {
            return TerminationLog.open(path, settings.inheritance().lastMessage(), catalog.entries());
        } catch (IOException e) {
            LOG.log(Level.WARNING, "What threads execute at a death will not be known: {0}", e.toString());
            return TerminationLog.OFF;
        }
    }

    private void closeTerminationLog() {
        try {
            terminationLog.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The termination log cannot be emptied: {0}", e.toString());
        }
    }

    /** @throws IOException when a port cannot be had */
    void start() throws IOException {
        report();
        pool.start();
        control.recall();
        loops.repeat(runs::sweep, SWEEP);
        management.start();
        tasks.start();
        peers.start();
        access.watch();
        state = State.READY;
        settings.inheritance().tellReady();
        // After that: should one of them kill this worker too, there is a next one.
        tasks.inherit(settings.inheritance().exitCode());
        Instant now = Instant.now();
        Thread.ofPlatform().name("after-start").daemon().start(() -> afterStart(now));
    }

    /** What the first request need not wait for, and others later should not have to. */
    private void afterStart(Instant ready) {
        LockSupport.parkNanos(FIRST_ANSWERS.toNanos());
        LOG.log(
                Level.INFO,
                "Worker {0} started: pool {1}, {2} threads, {3} task types, port {4}, {5} ms after the process",
                replica(),
                pool(),
                Integer.toString(pool.live().threads()),
                Integer.toString(catalog.entries().size()),
                Integer.toString(tasks.port()),
                Long.toString(millisSinceProcessStart(ready)));
        control.rehearse();
        meters.prepare();
    }

    private static long millisSinceProcessStart(Instant ready) {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, ready).toMillis())
                .orElse(0L);
    }

    private void report() {
        if (!deaths().isEmpty()) {
            PastDeath last = deaths().getLast();
            LOG.log(
                    Level.WARNING,
                    "The worker before this one died at {0} with exit code {1} ({2}): restart {3} in this container",
                    last.at(),
                    Integer.toString(last.exitCode()),
                    last.cause(),
                    Integer.toString(last.number()));
        }
        settings.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        for (Artifact artifact : catalog.artifacts()) {
            if (artifact.state() == Artifact.State.LOADED) {
                LOG.log(Level.INFO, "Loaded {0}: {1}", artifact.jar(), String.join(", ", artifact.tasks()));
            } else {
                LOG.log(Level.ERROR, "Not loaded: {0} {1}", artifact.jar(), artifact.reason());
            }
        }
        if (tasks.maxBodySize() < settings.maxBodySize()) {
            LOG.log(
                    Level.INFO,
                    "Bodies may have at most {0} bytes, not WORKERPOOL_MAX_BODY_SIZE: more would take over a third of the heap",
                    Long.toString(tasks.maxBodySize()));
        }
    }

    /**
     * Unready → the platform follows → stop admitting → drain and hand over → interrupt → last answers out → shared resources closed → closed.
     *
     * @return whether every accepted run was finished
     */
    boolean stop() throws InterruptedException {
        state = State.DRAINING;
        LOG.log(Level.INFO, "Worker {0} drains: {1} active, {2} queued", replica(), pool.active(), pool.queued());
        peers.drain();
        tasks.drain();
        Thread.sleep(settings.drainDelay());
        awaitFollowed();
        pool.close();
        handOver.start();
        Duration patience = pool.live().drainTimeout();
        long end = System.nanoTime() + patience.toNanos();
        boolean finished = pool.awaitDrained(patience);
        int lost = pool.interrupt();
        finished &= peers.passes().awaitAnswers(Duration.ofNanos(end - System.nanoTime()));
        mover.close();
        handOver.finish(LAST_RUNS);
        peers.close();
        tasks.close(LAST_ANSWERS, Duration.ofNanos(end - System.nanoTime()));
        catalog.close(LAST_RESOURCES);
        management.close(Duration.ZERO);
        loops.close();
        access.close();
        closeTerminationLog();
        if (traces != null) {
            traces.close();
        }
        if (finished) {
            LOG.log(Level.INFO, "Worker {0} drained", replica());
        } else {
            LOG.log(
                    Level.WARNING,
                    "Worker {0} did not drain within {1}: {2} runs interrupted",
                    replica(),
                    patience,
                    lost);
        }
        return finished;
    }

    /**
     * Where nodes have more to do than they can, endpoints follow late, and then it goes on serving whom they send. Every answer
     * of a replica that drains ends its connection, so whoever comes by them connects anew.
     */
    private void awaitFollowed() throws InterruptedException {
        long end = System.nanoTime() + settings.drainDelay().toNanos() * MOST_DELAYS;
        while (tasks.hasNewcomers(NO_NEWCOMERS) && System.nanoTime() < end) {
            Thread.sleep(LOOK_FOR_NEWCOMERS);
        }
    }

    boolean isClosed() {
        return pool.isClosed();
    }

    Peers peers() {
        return peers;
    }

    EventLoops loops() {
        return loops;
    }

    BodyWork bodyWork() {
        return bodyWork;
    }

    int taskPort() {
        return tasks.port();
    }

    int managementPort() {
        return management.port();
    }

    @Override
    public String pool() {
        return settings.pool();
    }

    @Override
    public String replica() {
        return settings.threads().replica();
    }

    @Override
    public String version() {
        String version = Worker.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }

    @Override
    public Map<String, Object> access() {
        return access.describe();
    }

    @Override
    public List<PastDeath> deaths() {
        return settings.inheritance().deaths();
    }

    @Override
    public State state() {
        return state;
    }
}
