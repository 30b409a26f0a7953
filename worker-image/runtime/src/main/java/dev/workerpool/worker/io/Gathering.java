package dev.workerpool.worker.io;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets what comes to an event loop gather while whoever computes has enough to do anyway: then the loop turns at most once in
 * a period. Otherwise it would fall asleep after each request and each answer and be woken for the next, and each time take a
 * core from a thread that computes. Network cards do the same with their interrupts.
 *
 * <p>A timer costs more than a wake-up, so a loop waits only where that is made up for: while many small runs come.
 *
 * @see <a href="https://docs.kernel.org/networking/napi.html">Linux, NAPI: software interrupt coalescing</a>
 */
final class Gathering {
    /** So many events in a turn make up for having waited for them. */
    private static final int COST = 2;

    /** Of what was seen beyond that, so much at most makes up for later turns in which less came. */
    private static final int MOST_CREDIT = 8;

    /** For so many turns a loop does not wait when that was not worth it. */
    private static final int TURNS_OFF = 256;

    private final long period;
    private final LongSupplier clock;
    private final LongConsumer sleeping;
    private final List<Loop> loops = new CopyOnWriteArrayList<>();

    /** Is there enough to do without what comes? */
    private volatile BooleanSupplier enough = () -> false;

    /** @param period by how much later than without it something is seen to, at most, but for what the system's timers take */
    Gathering(Duration period) {
        this(period, System::nanoTime, LockSupport::parkNanos);
    }

    /** @param sleeping for so many nanoseconds, or less when the thread is unparked */
    Gathering(Duration period, LongSupplier clock, LongConsumer sleeping) {
        this.period = period.toNanos();
        this.clock = clock;
        this.sleeping = sleeping;
    }

    void whileThereIs(BooleanSupplier enough) {
        this.enough = enough;
    }

    IoHandlerFactory over(IoHandlerFactory io) {
        return executor -> {
            var loop = new Loop(io.newHandler(executor));
            loops.add(loop);
            return loop;
        };
    }

    /** There is not enough to do any more. From any thread. */
    void end() {
        for (Loop loop : loops) {
            loop.resume();
        }
    }

    /** What is handed to a loop that waits here does not wake it either: it finds that in its next turn. */
    private final class Loop implements IoHandler {
        private final IoHandler io;
        private long turnedAt = clock.getAsLong() - period;
        private int credit;
        private int turnsOff;

        /** Null unless it waits for more to gather. */
        private volatile Thread waiting;

        private Loop(IoHandler io) {
            this.io = io;
        }

        @Override
        public int run(IoHandlerContext context) {
            boolean waits = context.canBlock() && enough.getAsBoolean() && mayWait();
            boolean gathered = waits && gather();
            int seen = io.run(context);
            turnedAt = clock.getAsLong();
            if (waits) {
                weigh(gathered ? seen : 0);
            }
            return seen;
        }

        private boolean mayWait() {
            if (turnsOff > 0) {
                turnsOff--;
                return false;
            }
            return clock.getAsLong() - turnedAt < period;
        }

        /** @return whether it waited until the period was over: where runs are so short that they are used up before, it need not */
        private boolean gather() {
            waiting = Thread.currentThread();
            if (enough.getAsBoolean()) {
                sleeping.accept(turnedAt + period - clock.getAsLong());
            }
            waiting = null;
            return clock.getAsLong() - turnedAt >= period;
        }

        private void weigh(int seen) {
            credit = Math.min(MOST_CREDIT, credit + seen - COST);
            if (credit < 0) {
                credit = 0;
                turnsOff = TURNS_OFF;
            }
        }

        private void resume() {
            Thread thread = waiting;
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void initialize() {
            io.initialize();
        }

        @Override
        public void prepareToDestroy() {
            io.prepareToDestroy();
        }

        @Override
        public void destroy() {
            io.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return io.register(handle);
        }

        @Override
        public void wakeup() {
            io.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return io.isCompatible(type);
        }
    }
}
