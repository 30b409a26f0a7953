package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskKilled;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * An executor of the JDK that a run made, or one of a class of the task's own that extends one. What it is asked may wait for
 * its locks, under which it calls the task's own queue, thread factory and threads, and for ever; a class of the task's own may
 * answer whatever it likes. So whoever must not wait has it asked by {@link Errands}, and is told what was heard last.
 */
final class OwnExecutor {
    private final ExecutorService executor;
    private final boolean plain;
    private final Silence silence = new Silence();
    private volatile Look last = Look.AT_WORK;
    private volatile boolean asked;

    private enum Look {
        AT_WORK,
        /** It looks idle, and may just have taken a periodic task out of its queue. */
        BETWEEN_TWO,
        IDLE,
        ENDED
    }

    OwnExecutor(ExecutorService executor) {
        this.executor = executor;
        this.plain = isPlain(executor);
    }

    /** Is its code that of the JDK, so that some of it can be asked at once? */
    private static boolean isPlain(ExecutorService executor) {
        return executor.getClass().getClassLoader() == null;
    }

    /** At once. @return false when it would have to be asked by others */
    static boolean isShutdown(ExecutorService executor) {
        return isPlain(executor) && executor.isShutdown();
    }

    ExecutorService executor() {
        return executor;
    }

    /** For as long as it takes. */
    void look() {
        last = told();
        asked = false;
    }

    private Look told() {
        return executor.isTerminated()
                ? Look.ENDED
                : executor.isShutdown() || isBusy() ? Look.AT_WORK : mayBeBetweenTwo() ? Look.BETWEEN_TWO : Look.IDLE;
    }

    /** Where an executor does not tell, it is believed to be idle until it has been shut down. */
    private boolean isBusy() {
        return switch (executor) {
            case ThreadPoolExecutor pool -> pool.getActiveCount() > 0 || hasQueued(pool);
            case ForkJoinPool pool -> !pool.isQuiescent() || pool.hasQueuedSubmissions();
            default -> false;
        };
    }

    /** A queue of the task's own may say anything. */
    private static boolean hasQueued(ThreadPoolExecutor pool) {
        BlockingQueue<Runnable> queue = pool.getQueue();
        return queue.getClass().getClassLoader() == null && !queue.isEmpty();
    }

    private boolean mayBeBetweenTwo() {
        return executor instanceof ScheduledThreadPoolExecutor pool && pool.getPoolSize() > 0;
    }

    void ask(Errands errands) {
        if (last != Look.ENDED) {
            asked = true;
            errands.send(this, this::lookForOthers);
        }
    }

    private void lookForOthers() {
        try {
            look();
        } catch (TaskKilled e) {
            // It does not answer, and all that it has at work is to die with whoever asks.
            last = silence.lasts() ? Look.ENDED : Look.AT_WORK;
            throw e;
        } finally {
            asked = false;
        }
    }

    /** Has it been asked since it was heard last? */
    boolean owesAnAnswer() {
        return asked;
    }

    void shutDown(Errands errands) {
        errands.send(this, executor::shutdownNow);
    }

    /** At once. A fork-join pool that is asked may cancel tasks first. */
    boolean hasEnded() {
        return last == Look.ENDED || plain && !(executor instanceof ForkJoinPool) && executor.isTerminated();
    }

    /** As it was heard last. */
    boolean isAtWork() {
        return last == Look.AT_WORK && !hasEnded();
    }

    /** As it was heard last: does it look idle, and may be at work when it is looked at again? */
    boolean isUncertain() {
        return last == Look.BETWEEN_TWO && !isShutdown(executor);
    }

    /** As it was heard last: is it open and idle, so that it may serve a later run? */
    boolean isKept(boolean sure) {
        return !isShutdown(executor) && (last == Look.IDLE || sure && last == Look.BETWEEN_TWO);
    }

    @Override
    public String toString() {
        Class<?> type = executor.getClass();
        return (type.isAnonymousClass() ? type.getSuperclass() : type).getSimpleName();
    }
}
