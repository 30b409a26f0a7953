package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskKilled;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;

/**
 * An executor of the JDK that a run made, or one of a class of the task's own that extends one. What it is asked may wait for
 * its locks, under which it calls the task's own queue, thread factory and threads, and for ever; a class of the task's own may
 * answer whatever it likes. So whoever must not wait has it asked by {@link Errands}, and is told what was heard last.
 */
final class OwnExecutor {
    /** Nanoseconds, before each more look: the thread that is about to begin or end a task may have lost its core. */
    private static final long[] PAUSES = {50_000, 200_000, 750_000};

    private final ExecutorService executor;
    /** Its code is that of the JDK, so that some of it can be asked at once. */
    private final boolean plain;

    private final Inquiry inquiry = new Inquiry();
    private volatile Look last = Look.AT_WORK;

    private enum Look {
        AT_WORK,
        /** It looks idle, and one of its threads may just have taken a task out of its queue. */
        BETWEEN_TWO,
        IDLE,
        /** It is at work, and has been shut down. */
        ENDING,
        ENDED
    }

    OwnExecutor(ExecutorService executor) {
        this.executor = executor;
        this.plain = !Belongings.isOwnClass(executor);
    }

    /** At once. @return false when it would have to be asked by others */
    static boolean isShutdown(ExecutorService executor) {
        return !Belongings.isOwnClass(executor) && executor.isShutdown();
    }

    ExecutorService executor() {
        return executor;
    }

    /**
     * For as long as it takes. What is idle is kept, and what it does next is a later run's; what is not is stopped, and with it what a
     * later run gives it. So an open one is looked at more than once.
     */
    static void look(List<OwnExecutor> executors) {
        executors.forEach(OwnExecutor::look);
        for (long pause : PAUSES) {
            List<OwnExecutor> unsure =
                    executors.stream().filter(OwnExecutor::isUnsure).toList();
            if (!unsure.isEmpty()) {
                LockSupport.parkNanos(pause);
                unsure.forEach(OwnExecutor::look);
            }
        }
        executors.forEach(OwnExecutor::looked);
    }

    /** For as long as it takes. Has it ended? Whatever else it is may change until somebody wants to know. */
    void lookForEnd() {
        try {
            if (!hasEnded() && executor.isTerminated()) {
                last = Look.ENDED;
            }
        } catch (TaskKilled e) {
            throw e;
        } catch (Throwable e) {
            // Its run goes on, and is not to fail of a question that the worker asks.
        }
    }

    private boolean isUnsure() {
        return last == Look.AT_WORK || last == Look.BETWEEN_TWO;
    }

    private void look() {
        last = told();
    }

    private void looked() {
        if (last == Look.BETWEEN_TWO) {
            last = Look.IDLE;
        }
        inquiry.answered();
    }

    private Look told() {
        if (executor.isShutdown()) {
            return executor.isTerminated() ? Look.ENDED : Look.ENDING;
        }
        return isBusy() ? Look.AT_WORK : mayBeBetweenTwo() ? Look.BETWEEN_TWO : Look.IDLE;
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
        return !Belongings.isOwnClass(queue) && !queue.isEmpty();
    }

    private boolean mayBeBetweenTwo() {
        return executor instanceof ThreadPoolExecutor pool && pool.getPoolSize() > 0;
    }

    void ask(Errands errands) {
        if (last != Look.ENDED) {
            inquiry.send(errands, this, () -> look(List.of(this)), dead -> last = dead ? Look.ENDED : Look.AT_WORK);
        }
    }

    /** Has it been asked since it was heard last? */
    boolean owesAnAnswer() {
        return inquiry.isUnderWay();
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
        return (isUnsure() || last == Look.ENDING) && !hasEnded();
    }

    /** As it was heard last: is it open and idle, so that it may serve a later run? */
    boolean isKept() {
        return last == Look.IDLE && !isShutdown(executor);
    }

    @Override
    public String toString() {
        Class<?> type = executor.getClass();
        return (type.isAnonymousClass() ? type.getSuperclass() : type).getSimpleName();
    }
}
