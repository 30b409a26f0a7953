package dev.workerpool.worker.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.io.EventLoops;
import dev.workerpool.worker.io.Tls;
import dev.workerpool.worker.kept.KeptConnections;
import dev.workerpool.worker.kept.KeptPass;
import dev.workerpool.worker.pool.LiveSettings;
import dev.workerpool.worker.pool.PoolSettings;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.pool.TerminationLog;
import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a passed request, at whatever moment and however slowly the peer takes it and answers. */
class PassTest {
    private static final LiveSettings SETTINGS =
            new LiveSettings(1, 1, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), 0, Duration.ofSeconds(1), Map.of());

    private final EventLoops loops = new EventLoops(1);
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final TaskPool pool = new TaskPool(
            new PoolSettings("a", Duration.ofSeconds(1), Duration.ofSeconds(1), SETTINGS),
            TaskCatalog.load(List.of(), Isolation.SHARED),
            registry,
            TerminationLog.OFF,
            lost -> {});
    private final Peers peers = new Peers(pool, loops, KeptConnections.NONE, Tls.NONE, registry);
    private final PassConnections connections =
            new PassConnections((EventLoop) loops.loops().getFirst(), peers.passes(), new Bootstrap());
    private final List<ChannelPromise> writes = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private Duration longest = Duration.ofSeconds(1);
    private Pass pass;

    /** Takes nothing until the test says so; and each write is news of the channel, which may take more or less. */
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
        @Override
        public void write(ChannelHandlerContext ctx, Object bytes, ChannelPromise promise) {
            ReferenceCountUtil.release(bytes);
            writes.add(promise);
            pass.send();
        }
    });

    private final PassObserver observer = new PassObserver() {
        @Override
        public void sent(KeptPass on) {
            heard.add("sent");
        }

        @Override
        public void answered(int status, HttpHeaders headers) {
            heard.add("answered " + status);
        }

        @Override
        public void part(ByteBuf bytes) {
            heard.add(bytes.toString(StandardCharsets.US_ASCII));
        }

        @Override
        public void ended() {
            heard.add("ended");
        }

        @Override
        public void declined(String why, boolean byPeer) {
            heard.add("declined");
        }

        @Override
        public void lost(String why) {
            heard.add("lost");
        }
    };

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        pool.close();
        pool.interrupt();
        loops.close();
    }

    private void pass(String method, int bodySize) {
        peers.apply(new PeerList(1, "token", List.of()));
        var peer = new Peer("b", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        var choice = new Routing.Choice(new PeerView(peer), PassReason.OWNER, 0);
        var request = new PassedRequest(
                method, "/runs/b-1", new DefaultHttpHeaders(), ByteBuffer.allocate(bodySize), System.nanoTime());
        pass = new Pass(connections, choice, request, () -> longest.toNanos(), observer);
        pass.connected(channel);
    }

    private void answers(String... headers) {
        var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().add(PeerHeaders.REPLICA, "b");
        for (int i = 0; i < headers.length; i += 2) {
            head.headers().add(headers[i], headers[i + 1]);
        }
        pass.received(head);
        says("x");
    }

    private void says(String text) {
        pass.received(new DefaultHttpContent(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII)));
    }

    private void silenceFor(int seconds) {
        pass.check(System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void aBodyIsSentOnlyWithItsLastByte() {
        pass("POST", 1_000_000);
        assertThat(writes).hasSizeGreaterThan(3);
        ChannelPromise last = writes.removeLast();

        writes.forEach(ChannelPromise::setSuccess);
        channel.runPendingTasks();
        assertThat(heard).isEmpty();
        last.setSuccess();
        channel.runPendingTasks();
        assertThat(heard).containsExactly("sent");
    }

    @Test
    void whatBreaksOffBeforeTheLastByteWasNotBegun() {
        pass("POST", 1_000_000);
        writes.removeLast();
        writes.forEach(ChannelPromise::setSuccess);
        channel.runPendingTasks();
        pass.failed("the connection to it has ended");

        assertThat(heard).containsExactly("declined");
    }

    @Test
    void eventsMayBeLongInComingButNotSilentForLonger() {
        pass("GET", 0);
        answers("Transfer-Encoding", "chunked", "Content-Type", "text/event-stream");
        silenceFor(40);
        says(":\n\n");
        silenceFor(44);
        assertThat(heard).containsExactly("answered 200", "x", ":\n\n");

        silenceFor(46);
        assertThat(heard).endsWith("lost");
    }

    @Test
    void aStreamedResultMayBeSilentForAsLongAsItsRunLikes() {
        pass("POST", 0);
        answers("Transfer-Encoding", "chunked", "Content-Type", "application/jsonl");
        silenceFor(3600);

        assertThat(heard).containsExactly("answered 200", "x");
    }

    /** A run that waits meanwhile has the new limit once it starts. */
    @Test
    void aLimitThatIsRaisedHoldsForWhatIsWithThePeer() {
        sent();
        longest = Duration.ofSeconds(10);
        silenceFor(9);
        assertThat(heard).containsExactly("sent");

        silenceFor(11);
        assertThat(heard).containsExactly("sent", "lost");
    }

    @Test
    void aLimitThatIsLoweredDoesNotHoldForWhatIsWithThePeer() {
        longest = Duration.ofSeconds(10);
        sent();
        silenceFor(1);
        longest = Duration.ofSeconds(1);
        silenceFor(9);

        assertThat(heard).containsExactly("sent");
    }

    private void sent() {
        pass("POST", 0);
        writes.forEach(ChannelPromise::setSuccess);
        channel.runPendingTasks();
    }

    /** The silence is this replica's own. */
    @Test
    void anAnswerThatIsNotReadForNowIsNotLost() {
        pass("GET", 0);
        answers("Content-Length", "1000000");
        pass.read(false);
        silenceFor(3600);
        pass.read(true);
        silenceFor(9);
        assertThat(heard).containsExactly("answered 200", "x");

        silenceFor(11);
        assertThat(heard).endsWith("lost");
    }
}
