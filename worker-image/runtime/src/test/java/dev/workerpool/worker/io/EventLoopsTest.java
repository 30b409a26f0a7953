package dev.workerpool.worker.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.EpollChannelOption;
import org.junit.jupiter.api.Test;

class EventLoopsTest {
    /** A node that is gone acknowledges nothing, and a probe is not sent while something is still to be acknowledged. */
    @Test
    void waitsNotForLongForWhoAcknowledgesNothing() {
        try (var loops = new EventLoops(1)) {
            assumeTrue(loops.description().equals("epoll"));

            assertThat(loops.client().config().options()).containsEntry(EpollChannelOption.TCP_USER_TIMEOUT, 15_000);
        }
    }

    /** The kernel counts them no more once a time is set. */
    @Test
    void severalProbesMayBeLostBeforeAConnectionEnds() {
        try (var loops = new EventLoops(1)) {
            assumeTrue(loops.description().equals("epoll"));
            var options = loops.client().config().options();
            int idle = (Integer) options.get(EpollChannelOption.TCP_KEEPIDLE);
            int between = (Integer) options.get(EpollChannelOption.TCP_KEEPINTVL);
            int millis = (Integer) options.get(EpollChannelOption.TCP_USER_TIMEOUT);

            assertThat(idle + 3 * between).isLessThan(millis / 1000);
        }
    }
}
