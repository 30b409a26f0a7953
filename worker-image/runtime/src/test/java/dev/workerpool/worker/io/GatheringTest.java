package dev.workerpool.worker.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatheringTest {
    private static final long PERIOD = 1000;
    private static final int OFF = 256;
    private static final IoHandlerContext IDLE = new Context(true);

    private final Seeing io = new Seeing();

    /** How long each wait was to be. */
    private final List<Long> waits = new ArrayList<>();

    private long now;
    private boolean isEndedEarly;
    private boolean enough = true;
    private final Gathering gathering = new Gathering(Duration.ofNanos(PERIOD), () -> now, this::sleep);
    private final IoHandler loop = gathering.over(executor -> io).newHandler(ImmediateEventExecutor.INSTANCE);

    /** Sees as many events in each turn as a test says. */
    private static final class Seeing implements IoHandler {
        private int events = 2;
        private final List<String> calls = new ArrayList<>();

        @Override
        public void initialize() {
            calls.add("initialize");
        }

        @Override
        public int run(IoHandlerContext context) {
            return events;
        }

        @Override
        public void prepareToDestroy() {
            calls.add("prepareToDestroy");
        }

        @Override
        public void destroy() {
            calls.add("destroy");
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void wakeup() {
            calls.add("wakeup");
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return type == IoHandle.class;
        }
    }

    private record Context(boolean canBlock) implements IoHandlerContext {
        @Override
        public long delayNanos(long now) {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    }

    private void sleep(long nanos) {
        waits.add(nanos);
        now += isEndedEarly ? nanos / 2 : nanos;
    }

    @BeforeEach
    void turnForTheFirstTime() {
        gathering.whileThereIs(() -> enough);
        assertThat(turn()).as("waits, with no turn before").isZero();
    }

    /** A turn, some time after the last. @return how long it was to wait, 0 for not at all */
    private long turn() {
        int before = waits.size();
        now += 300;
        assertThat(loop.run(IDLE)).isEqualTo(io.events);
        return waits.size() == before ? 0 : waits.getLast();
    }

    private List<Long> turns(int count) {
        return Stream.generate(this::turn).limit(count).toList();
    }

    @Test
    void waitsForTheRestOfThePeriod() {
        assertThat(turns(3)).containsOnly(700L);
    }

    @Test
    void turnsAtOnceWhenThereIsNotEnough() {
        enough = false;

        assertThat(turn()).isZero();
    }

    @Test
    void turnsAtOnceWhenThereIsNotEnoughAnyMoreJustBeforeItWaits() {
        var asked = new AtomicInteger();
        gathering.whileThereIs(() -> asked.incrementAndGet() == 1);

        assertThat(turn()).isZero();
        assertThat(asked).hasValue(2);
    }

    @Test
    void turnsAtOnceWhenTheLoopHasSomethingToDoItself() {
        loop.run(new Context(false));

        assertThat(waits).isEmpty();
    }

    @Test
    void turnsAtOnceWhenTheLastTurnIsLongAgo() {
        now += PERIOD;

        assertThat(turn()).isZero();
        assertThat(turn()).isEqualTo(700);
    }

    @Test
    void doesNotWaitForSomeTurnsWhenTooLittleCame() {
        io.events = 1;

        assertThat(turn()).isEqualTo(700);
        assertThat(turns(OFF)).containsOnly(0L);
        assertThat(turn()).isEqualTo(700);
    }

    @Test
    void whatCameBeforeMakesUpForThatOnlyForSoLong() {
        io.events = 4;
        turn();
        io.events = 1;
        assertThat(turns(4)).containsExactly(700L, 700L, 700L, 0L);

        turns(OFF - 1);
        io.events = 1000;
        turns(2);
        io.events = 1;
        assertThat(turns(10)).as("beyond eight of them").endsWith(700L, 0L).containsOnlyOnce(0L);
    }

    /** Runs are used up so fast that the loop has enough to do at each turn. */
    @Test
    void doesNotWaitForSomeTurnsWhenItWasEndedEarly() {
        io.events = 100;
        isEndedEarly = true;

        assertThat(turn()).isEqualTo(700);
        assertThat(turns(OFF)).containsOnly(0L);
        assertThat(turn()).isEqualTo(700);
    }

    @Test
    void passesOnWhatElseIsAskedOfIt() {
        loop.initialize();
        loop.wakeup();
        loop.prepareToDestroy();
        loop.destroy();

        assertThat(io.calls).containsExactly("initialize", "wakeup", "prepareToDestroy", "destroy");
        assertThat(loop.isCompatible(IoHandle.class)).isTrue();
        assertThatThrownBy(() -> loop.register(null)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void allLoopsGoOnWhenThereIsNotEnoughAnyMore() throws Exception {
        var real = new Gathering(Duration.ofHours(1));
        real.whileThereIs(() -> true);
        List<Thread> loops = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            IoHandler waiting = real.over(executor -> new Seeing()).newHandler(ImmediateEventExecutor.INSTANCE);
            loops.add(Thread.ofPlatform().daemon().start(() -> {
                waiting.run(IDLE);
                waiting.run(IDLE);
            }));
        }
        for (Thread thread : loops) {
            await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        }

        real.end();
        for (Thread thread : loops) {
            assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
        }
    }
}
