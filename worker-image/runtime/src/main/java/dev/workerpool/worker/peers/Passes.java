package dev.workerpool.worker.peers;

import dev.workerpool.worker.io.EventLoops;
import dev.workerpool.worker.kept.KeptConnections;
import dev.workerpool.worker.kept.KeptPass;
import dev.workerpool.worker.pool.LiveSettings;
import dev.workerpool.worker.pool.TaskPool;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Has requests done by peers. Each goes over a connection of the event loop that its client is on, and is over when the peer
 * has answered, declined, or is held to be lost: at the latest when no run there could still be active. Thread-safe.
 */
public final class Passes {
    /** Beyond what the pool's own limits allow a run: for the way there and back. */
    private static final long MARGIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Whoever asks for a run may want to wait for its end. */
    private static final Duration LONGEST_POLL = Duration.ofMinutes(10);

    private final Peers peers;
    private final TaskPool pool;
    private final EventLoop home;
    private final KeptConnections kept;
    private final Map<EventExecutor, PassConnections> connections = new HashMap<>();
    private final PassCount count = new PassCount();

    /** @param home for requests that come from no client */
    Passes(Peers peers, TaskPool pool, EventLoops loops, EventLoop home, Bootstrap bootstrap, KeptConnections kept) {
        this.peers = peers;
        this.pool = pool;
        this.home = home;
        this.kept = kept;
        loops.loops().forEach(loop -> connections.put(loop, new PassConnections((EventLoop) loop, this, bootstrap)));
    }

    /** Sends bytes to a peer. From any thread. @param tried for how long already; zero for the first time */
    public CompletableFuture<PeerReply> post(Routing.Choice to, String target, ByteBuffer body, Duration tried) {
        var call = new PeerCall();
        var headers = new DefaultHttpHeaders().add(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream");
        if (tried.isPositive()) {
            headers.add(PeerHeaders.TRIED, Long.toString(tried.toMillis()));
        }
        var request = new PassedRequest("POST", target, headers, body, System.nanoTime());
        home.execute(() -> pass(home, request, to, call));
        return call.reply();
    }

    /** Passes a request. On the event loop that its client is on; the observer may hear of the end before this returns. */
    public Pass pass(EventExecutor loop, PassedRequest request, Routing.Choice choice, PassObserver observer) {
        PassConnections mine = connections.get(loop);
        var pass = new Pass(mine, choice, request, () -> patience(longest(choice, request)), observer);
        count.begun();
        mine.begin(pass);
        return pass;
    }

    private Duration longest(Routing.Choice choice, PassedRequest request) {
        LiveSettings limits = pool.live();
        return switch (choice.reason()) {
            case OWNER -> longestPoll(request);
            case HAND_OVER, MOVED -> Duration.ZERO;
            default ->
                choice.maxQueued() == 0 ? limits.timeout() : limits.timeout().plus(limits.maxWait());
        };
    }

    private static Duration longestPoll(PassedRequest request) {
        return request.isPoll() ? LONGEST_POLL : Duration.ZERO;
    }

    /**
     * Goes on with what the worker before this one had passed. On the event loop that its client is on; the observer may hear
     * of the end before this returns.
     */
    public Pass resume(EventExecutor loop, PassedRequest request, KeptPass kept, PassObserver observer) {
        Channel channel = EventLoops.connection(kept.descriptor());
        var peer = new Peer(kept.replica(), (InetSocketAddress) channel.remoteAddress());
        var choice = new Routing.Choice(new PeerView(peer), PassReason.INHERITED, Integer.MAX_VALUE);
        PassConnections mine = connections.get(loop);
        var pass = new Pass(mine, choice, request, () -> patience(longest(request)), observer);
        pass.wasSent();
        count.begun();
        mine.resume(pass, kept, channel);
        return pass;
    }

    /** Why the worker before this one passed it is not known. */
    private Duration longest(PassedRequest request) {
        LiveSettings limits = pool.live();
        return request.method().equals("POST") ? limits.timeout().plus(limits.maxWait()) : longestPoll(request);
    }

    private static long patience(Duration longest) {
        return longest.toNanos() + MARGIN_NANOS;
    }

    /** Waits for the answers to what was passed. @return false when the time was not enough */
    public boolean awaitAnswers(Duration patience) throws InterruptedException {
        return count.awaitNone(patience);
    }

    boolean isNone() {
        return count.isNone();
    }

    void ended() {
        count.ended();
    }

    /** Looks after all of them. @param known the peers that there are */
    void sweep(Set<Peer> known) {
        connections.values().forEach(each -> each.loop().execute(() -> each.sweep(System.nanoTime(), known)));
    }

    /** @return null when the connection ends with this process */
    KeptPass keep(int descriptor, Peer to) {
        return kept.keepPass(descriptor, to.replica());
    }

    Peers peers() {
        return peers;
    }
}
