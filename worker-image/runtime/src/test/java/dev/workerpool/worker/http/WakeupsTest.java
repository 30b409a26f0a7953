package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WakeupsTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<Thread> woken = new ArrayList<>();
    private final Thread one = new Thread("one");
    private final Thread other = new Thread("other");
    private long now;

    private final Wakeups wakeups = new Wakeups(channel.eventLoop(), woken::add, () -> now);

    @Test
    void threadsSleepOnUntilTheLoopHasReadEverything() {
        wakeups.add(one);
        wakeups.add(other);
        assertThat(woken).isEmpty();

        channel.runPendingTasks();

        assertThat(woken).containsExactly(one, other);
    }

    @Test
    void eachTurnWakesItsOwn() {
        wakeups.add(one);
        channel.runPendingTasks();
        wakeups.add(other);
        channel.runPendingTasks();

        assertThat(woken).containsExactly(one, other);
    }

    @Test
    void aLongTurnKeepsNobodyAsleep() {
        wakeups.add(one);
        now += 60_000;
        wakeups.add(other);

        assertThat(woken).containsExactly(one, other);
    }

    @Test
    void anyNumberIsWoken() {
        List<Thread> many =
                IntStream.range(0, 50).mapToObj(i -> new Thread("" + i)).toList();

        many.forEach(wakeups::add);
        channel.runPendingTasks();

        assertThat(woken).containsExactlyElementsOf(many);
    }

    @Test
    void offTheLoopAThreadIsWokenAtOnce() {
        var elsewhere = new DefaultEventExecutor();
        try {
            new Wakeups(elsewhere, woken::add, () -> now).add(one);

            assertThat(woken).containsExactly(one);
        } finally {
            elsewhere.shutdownGracefully();
        }
    }
}
