package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskKilled;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Asks something that a run made how it stands, by {@link Errands}: in a class of the task's own, or in a lock that task code
 * holds, the answer may never come, and whoever asks is killed in it. What is silent so has threads that are to die at their
 * next checkpoint as well, and for that they need a core, which others may have just now. Thread-safe.
 */
final class Inquiry {
    private static final long TO_DIE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private volatile boolean underWay;
    private boolean silent;
    private long silentSince;

    /**
     * @param look asks, for as long as it takes
     * @param silence is told that it does not answer, and whether for so long that all of its threads had the time to die
     */
    void send(Errands errands, Object about, Runnable look, Consumer<Boolean> silence) {
        underWay = true;
        errands.send(about, () -> ask(look, silence));
    }

    private void ask(Runnable look, Consumer<Boolean> silence) {
        try {
            look.run();
        } catch (TaskKilled e) {
            silence.accept(isDead());
            throw e;
        } finally {
            underWay = false;
        }
    }

    private synchronized boolean isDead() {
        long now = System.nanoTime();
        if (!silent) {
            silent = true;
            silentSince = now;
        }
        return now - silentSince >= TO_DIE_NANOS;
    }

    /** Has it been asked since it was heard last? */
    boolean isUnderWay() {
        return underWay;
    }

    /** It was asked by others, and has answered. */
    void answered() {
        underWay = false;
    }
}
