package dev.workerpool.worker.peers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workerpool.worker.io.EventLoops;
import dev.workerpool.worker.io.Tls;
import dev.workerpool.worker.kept.KeptConnections;
import dev.workerpool.worker.pool.LiveSettings;
import dev.workerpool.worker.pool.TaskPool;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;

/**
 * The other replicas of this pool. Knows none until the operator tells, and costs nothing then. Thread-safe. Life cycle:
 * {@link #start}, {@link #drain} (peers pass nothing here any more, and nobody follows their runs from here), {@link #close}.
 */
public final class Peers {
    private static final Logger LOG = System.getLogger(Peers.class.getName());
    private static final int CONNECT_MILLIS = 500;
    private static final PeerView[] NONE = {};

    /** Comes with its head, or nearly so. */
    private static final int SMALL = 64 * 1024;

    private final TaskPool pool;
    private final PeerMetrics metrics;
    private final LoadPublisher publisher;
    private final AskedRuns asked;
    private final EventLoop home;
    private final Bootstrap bootstrap;
    private final Tls tls;
    private final Passes passes;

    /** On the home loop only. */
    private final Map<Peer, PeerLink> links = new HashMap<>();

    private volatile PeerList list = PeerList.NONE;
    private volatile long changedAt;
    private volatile PeerView[] views = NONE;
    private volatile long meanRun;
    private volatile boolean draining;
    private volatile boolean closed;

    public Peers(TaskPool pool, EventLoops loops, KeptConnections kept, Tls tls, PrometheusRegistry registry) {
        this.pool = pool;
        this.tls = tls;
        this.home = loops.group().next();
        this.publisher = new LoadPublisher(this, pool, home);
        this.asked = new AskedRuns(this, pool, home);
        this.metrics = new PeerMetrics(registry, this);
        this.bootstrap = loops.client()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .option(ChannelOption.TCP_NODELAY, true);
        this.passes = new Passes(this, pool, loops, home, bootstrap, kept);
    }

    public void start() {
        EventLoops.repeat(home, this::beat, Duration.ofMillis(PeerView.HEARTBEAT_MILLIS));
    }

    private void beat() {
        if (views.length == 0 && links.isEmpty() && passes.isNone()) {
            return;
        }
        long now = System.nanoTime();
        meanRun = pool.counters().meanRunNanos();
        publisher.publish(true);
        links.values().forEach(link -> link.check(now));
        passes.sweep(new HashSet<>(list.replicas()));
    }

    /**
     * Reads the section {@code peers} of a control message.
     *
     * @param complaint is told what is wrong: the field in the section, and the rule
     * @return what puts it in force; null when something is wrong
     */
    public Runnable read(JsonNode section, BiConsumer<String, String> complaint) {
        PeerList read = PeerList.read(section, complaint);
        return read == null ? null : () -> apply(read.without(replica()));
    }

    /** Takes over who the peers are, unless that is older news than what is known. */
    synchronized void apply(PeerList told) {
        if (told.version() < list.version() || told.equals(list) || closed) {
            return;
        }
        LOG.log(
                Level.INFO,
                "Peers, version {0}: {1}",
                Long.toString(told.version()),
                told.replicas().size());
        changedAt = System.nanoTime();
        list = told;
        home.execute(() -> watch(told));
    }

    /** Of the list in force; 0 before there is one. */
    public synchronized long version() {
        return list.version();
    }

    private void watch(PeerList told) {
        List<Peer> near = Neighbours.of(replica(), told.replicas());
        links.keySet().stream().filter(peer -> !near.contains(peer)).toList().forEach(peer -> links.remove(peer)
                .close());
        for (Peer peer : near) {
            links.computeIfAbsent(peer, p -> new PeerLink(this, new PeerView(p), bootstrap.clone(home)))
                    .check(System.nanoTime());
        }
        views = near.stream().map(peer -> links.get(peer).view()).toArray(PeerView[]::new);
    }

    /** A peer told its load. On the home loop. */
    void reported(PeerView view, Load load) {
        asked.pass(view, load, System.nanoTime());
        if (load.queued() > 0 && pool.idle() > 0) {
            publisher.changed(); // With something to ask for.
        }
    }

    /** @param listener hears of what peers ask for and no caller waits for here */
    public void onAsked(AskListener listener) {
        asked.onAsked(listener);
    }

    /** Are there any? */
    public boolean isAlone() {
        return views.length == 0;
    }

    /** Is any known, whether it is watched or not? */
    public boolean hasPeers() {
        return !list.replicas().isEmpty();
    }

    /** Have peers come or gone lately? To be asked when there are some. */
    public boolean haveChangedWithin(Duration time) {
        return System.nanoTime() - changedAt < time.toNanos();
    }

    /** Which replica is to have the run under a key, and which instead. */
    public KeyOrder orderOf(String key) {
        return KeyOrder.of(list.replicas(), replica(), key);
    }

    /** Where a run had better go that finds no thread idle. @return null for here */
    public Routing.Choice onArrival(String type) {
        long now = System.nanoTime();
        PeerView[] able = able(type, now);
        if (able.length == 0) {
            return null;
        }
        return Routing.onArrival(here(now), able, ThreadLocalRandom.current().nextInt(), now);
    }

    /**
     * Where a run had better go that a peer has declined, and that finds no thread idle here.
     *
     * @param mayStay it may wait here, however many do
     * @return null for here
     */
    public Routing.Choice onDecline(String type, boolean mayStay) {
        Routing.Choice choice = onArrival(type);
        boolean isBetter = choice != null
                && (choice.reason() == PassReason.IDLE
                        || !mayStay && here(System.nanoTime()).refuses());
        return isBetter ? choice : null;
    }

    Here here(long now) {
        LiveSettings live = pool.live();
        return new Here(
                pool.queued(),
                live.threads(),
                meanRun,
                pool.leastAge(now),
                live.queueCapacity(),
                live.maxWait().toNanos());
    }

    /** Where a run could go that cannot be had here. @return null when nowhere */
    public Routing.Choice elsewhere(String type) {
        long now = System.nanoTime();
        PeerView[] able = able(type, now);
        return able.length == 0
                ? null
                : Routing.elsewhere(able, ThreadLocalRandom.current().nextInt(), now);
    }

    /** Those that run such tasks, as far as known: mostly all. */
    private PeerView[] able(String type, long now) {
        PeerView[] all = views;
        for (PeerView view : all) {
            if (!view.canRun(type, now)) {
                return Arrays.stream(all).filter(each -> each.canRun(type, now)).toArray(PeerView[]::new);
            }
        }
        return all;
    }

    /** Does the peer run tasks of this type, as far as known? */
    public boolean canRun(Routing.Choice peer, String type) {
        return peer.view().canRun(type, System.nanoTime());
    }

    /** A peer has declined a run of this type. */
    public void declined(Routing.Choice by, String type, String why) {
        if (PeerHeaders.UNABLE.equals(why)) {
            by.view().cannotRun(type, System.nanoTime());
        } else if (PeerHeaders.RETURNED.equals(why)) {
            publisher.askAnswered();
        }
    }

    /**
     * Where a run may be found, or go, that is not to be had here: the replica it began at first, if that is still there,
     * then the others in an order that depends on the id alone. All replicas that know the same peers look in the same order.
     *
     * @param id of the run
     * @param owner where it began
     */
    public List<Routing.Choice> candidates(String id, String owner, PassReason reason, int most) {
        return list.inOrderOf(id, owner).stream()
                .limit(most)
                .map(peer -> new Routing.Choice(new PeerView(peer), reason, Integer.MAX_VALUE))
                .toList();
    }

    /** What is done by peers. */
    public Passes passes() {
        return passes;
    }

    /** Is it the token of this pool? Takes the same time whatever is wrong with it. */
    public boolean isToken(String token) {
        boolean equal = list.isToken(token);
        if (!equal) {
            metrics.refused();
        }
        return equal;
    }

    /** A peer passes a run. @param size of its body, which is still to come */
    public void comes(int size) {
        if (size > SMALL) {
            publisher.comes(size);
        }
    }

    /** A peer passed a run, and it was admitted. */
    public void received() {
        metrics.received();
        publisher.askAnswered();
    }

    /** How loaded this replica is, as peers read it. */
    public String load() {
        return publisher.load().line();
    }

    /** A peer wants to hear of the load. @param onNews called, on any thread, when there is some. @return null when too many do */
    public LoadNews subscribe(String replica, Runnable onNews) {
        return publisher.isFull() ? null : new LoadNews(replica, onNews);
    }

    public void listen(LoadNews news) {
        publisher.add(news);
    }

    public void unsubscribe(LoadNews news) {
        publisher.remove(news);
    }

    public void drain() {
        draining = true;
        publisher.drain();
    }

    boolean isDraining() {
        return draining;
    }

    /** Ends the links. */
    public void close() {
        synchronized (this) {
            closed = true;
        }
        publisher.close();
        home.execute(() -> {
            links.values().forEach(PeerLink::close);
            links.clear();
            views = NONE;
        });
    }

    /** This one's name. */
    public String replica() {
        return pool.settings().replica();
    }

    /** How peers are spoken with. */
    Tls tls() {
        return tls;
    }

    String token() {
        return list.token();
    }

    PeerView[] views() {
        return views;
    }

    long meanRun() {
        return meanRun;
    }

    PeerMetrics metrics() {
        return metrics;
    }

    int known() {
        return list.replicas().size();
    }

    int heard() {
        return PeerView.heard(views, System.nanoTime());
    }

    long oldestView() {
        return PeerView.oldest(views, System.nanoTime());
    }
}
