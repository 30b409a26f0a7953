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
}
