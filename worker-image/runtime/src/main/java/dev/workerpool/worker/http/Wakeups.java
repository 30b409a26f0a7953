package dev.workerpool.worker.http;

import io.netty.util.concurrent.EventExecutor;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Wakes worker threads when the event loop has read all that there was to read, rather than one by one in between. Waking
 * and falling asleep cost more than a small task; a thread that is woken for several runs pays them once. For one event loop.
 */
final class Wakeups implements Runnable {
    /** A turn of the loop that reads large bodies takes longer than a thread may be kept asleep with a run in its hand. */
    private static final long LONGEST_NANOS = 50_000;

    private final EventExecutor loop;
    private final Consumer<Thread> waking;
    private final LongSupplier clock;
    private Thread[] asleep = new Thread[4];
    private int count;
    private long since;

    Wakeups(EventExecutor loop) {
        this(loop, LockSupport::unpark, System::nanoTime);
    }

    Wakeups(EventExecutor loop, Consumer<Thread> waking, LongSupplier clock) {
        this.loop = loop;
        this.waking = waking;
        this.clock = clock;
    }

    /** Has it woken soon. From any thread; off the loop at once. */
    void add(Thread thread) {
        if (!loop.inEventLoop() || count == 0 && !isScheduled()) {
            waking.accept(thread);
            return;
        }
        if (count == asleep.length) {
            asleep = Arrays.copyOf(asleep, 2 * count);
        }
        asleep[count++] = thread;
        if (clock.getAsLong() - since > LONGEST_NANOS) {
            run();
        }
    }

    private boolean isScheduled() {
        since = clock.getAsLong();
        try {
            loop.execute(this);
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    /** At the end of the loop's turn. */
    @Override
    public void run() {
        for (int i = 0; i < count; i++) {
            waking.accept(asleep[i]);
            asleep[i] = null;
        }
        count = 0;
    }
}
