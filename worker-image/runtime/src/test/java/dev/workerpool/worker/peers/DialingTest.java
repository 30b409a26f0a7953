package dev.workerpool.worker.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.io.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DialingTest {
    @Test
    void tellsOnItsEventLoopAlsoOfAConnectionThatCouldNotBeMade() throws Exception {
        try (var loops = new EventLoops(1)) {
            EventLoop loop = loops.group().next();
            var bootstrap = new Bootstrap()
                    .group(loop)
                    .handler(new ChannelInboundHandlerAdapter())
                    .channelFactory(() -> {
                        throw new ChannelException("no descriptor is left");
                    });
            var onLoop = new CompletableFuture<Boolean>();

            Dialing.to(
                    new Peer("b", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)),
                    bootstrap,
                    channel -> onLoop.complete(channel == null && loop.inEventLoop()));

            assertThat(onLoop.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
