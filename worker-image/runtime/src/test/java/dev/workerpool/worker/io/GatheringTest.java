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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whether a turn waits is seen by how often it asks: once before it looks whether to wait, and once right before it does. */
@Timeout(60)
class GatheringTest {
    /** Longer than any test. */
    private static final Duration LONG = Duration.ofHours(1);

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final int OFF = 256;
    private static final IoHandlerContext IDLE = new Context(true);

    private final Seeing io = new Seeing();
    private final AtomicInteger asked = new AtomicInteger();
    private Gathering gathering;
    private IoHandler loop;

    /** Sees as many events in each turn as a test says. */
    private static final class Seeing implements IoHandler {
        private volatile int events = 2;
        private int wakeups;

        @Override
        public int run(IoHandlerContext context) {
            return events;
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void wakeup() {
            wakeups++;
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

    /** A loop that has just turned, for the first time: then there is nothing to wait for. */
    private void start(Duration period, BooleanSupplier enough) {
        gathering = new Gathering(period);
        loop = gathering.over(executor -> io).newHandler(ImmediateEventExecutor.INSTANCE);
        loop.run(IDLE);
        gathering.whileThereIs(() -> {
            asked.incrementAndGet();
            return enough.getAsBoolean();
        });
    }

    /** @return how often it asked */
    private int turn() {
        int before = asked.get();
        assertThat(loop.run(IDLE)).isEqualTo(io.events);
        return asked.get() - before;
    }

    private void turnUntilThereIsNotEnough() {
        int before = asked.get();
        var turned = CompletableFuture.supplyAsync(this::turn);
        await().until(() -> asked.get() == before + 2);
        assertThat(turned).isNotDone();
        gathering.end();
        assertThat(turned.join()).isEqualTo(2);
    }

    @Test
    void waitsUntilThereIsNotEnoughAnyMore() {
        start(LONG, () -> true);

        turnUntilThereIsNotEnough();
    }

    @Test
    void waitsUntilThePeriodIsOver() {
        start(SHORT, () -> true);
        long before = System.nanoTime();

        assertThat(turn()).isEqualTo(2);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(SHORT.dividedBy(2));
    }

    @Test
    void turnsAtOnceWhenThereIsNotEnough() {
        start(LONG, () -> false);

        assertThat(turn()).isEqualTo(1);
    }

    @Test
    void turnsAtOnceWhenThereIsNotEnoughAnyMoreJustBeforeItWaits() {
        start(LONG, () -> asked.get() == 1);

        assertThat(turn()).isEqualTo(2);
    }

    @Test
    void turnsAtOnceWhenTheLoopHasSomethingToDoItself() {
        start(LONG, () -> true);

        assertThat(loop.run(new Context(false))).isEqualTo(io.events);
        assertThat(asked).hasValue(0);
    }

    @Test
    void goesOnWaitingWhileThatIsWorthIt() {
        start(SHORT, () -> true);

        assertThat(Stream.generate(this::turn).limit(3)).containsOnly(2);
    }

    @Test
    void livesOnWhatWasWorthItBefore() {
        start(SHORT, () -> true);
        io.events = 4;
        turn();
        io.events = 1;

        assertThat(Stream.generate(this::turn).limit(4))
                .as("two turns that cost one each, and one too many")
                .containsExactly(2, 2, 2, 1);
    }

    @Test
    void doesNotWaitForSomeTurnsWhenTooLittleCame() {
        start(SHORT, () -> true);
        io.events = 1;

        assertThat(turn()).isEqualTo(2);
        assertThat(Stream.generate(this::turn).limit(OFF)).containsOnly(1);
        assertThat(turn()).isEqualTo(2);
    }

    @Test
    void doesNotWaitForSomeTurnsWhenItWasNotToWaitForLong() {
        start(LONG, () -> true);
        io.events = 100;

        turnUntilThereIsNotEnough();
        assertThat(Stream.generate(this::turn).limit(OFF)).containsOnly(1);
        turnUntilThereIsNotEnough();
    }

    @Test
    void passesOnWhatElseIsAskedOfIt() {
        start(LONG, () -> true);
        loop.wakeup();

        assertThat(io.wakeups).isEqualTo(1);
        assertThat(loop.isCompatible(IoHandle.class)).isTrue();
        assertThatThrownBy(() -> loop.register(null)).isInstanceOf(UnsupportedOperationException.class);
    }
}
