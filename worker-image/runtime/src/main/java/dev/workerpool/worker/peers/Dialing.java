package dev.workerpool.worker.peers;

import dev.workerpool.worker.io.Tls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/** Connecting to a peer, up to where it can be spoken with: until then nothing was sent, and nothing can have begun there. */
final class Dialing {
    private Dialing() {}

    /**
     * @param bootstrap bound to an event loop
     * @param then is given the connection on that loop; null when there is none
     */
    static void to(Peer peer, Bootstrap bootstrap, Consumer<Channel> then) {
        var loop = (EventLoop) bootstrap.config().group();
        bootstrap.connect(peer.address()).addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                Channel channel = connected.channel();
                Tls.whenAgreed(channel, agreed -> then.accept(agreed ? channel : null));
            } else if (loop.inEventLoop()) {
                then.accept(null);
            } else {
                // Of a channel that cannot even be made, for want of descriptors, Netty tells elsewhere.
                loop.execute(() -> then.accept(null));
            }
        });
    }
}
