package dev.workerpool.worker.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What belongs to a run beside its thread: the threads that it started, the executors and timers that it made. Made with the
 * first of them. Thread-safe.
 */
final class Belongings {
    private final List<Thread> threads = new ArrayList<>();
    private final List<ExecutorService> executors = new ArrayList<>();
    private final List<Timer> timers = new ArrayList<>();
    /** Of threads, before those that have ended are taken out. */
    private int enough = 64;

    /** Pieces of work of this run on threads of the common pool. */
    private int atWork;

    private volatile boolean condemned;

    synchronized void started(Thread thread) {
        if (threads.size() == enough) {
            threads.removeIf(one -> one.getState() == Thread.State.TERMINATED);
            enough = Math.max(64, 2 * threads.size());
        }
        threads.add(thread);
    }

    synchronized void opened(Object service) {
        if (service instanceof ExecutorService executor) {
            executors.removeIf(ExecutorService::isTerminated);
            executors.add(executor);
        } else {
            timers.add((Timer) service);
        }
    }

    synchronized void atWork(boolean begins) {
        atWork += begins ? 1 : -1;
    }

    /** Is there anything to look after? Costs next to nothing. */
    synchronized boolean mayGoOn() {
        return atWork > 0
                || !timers.isEmpty()
                || threads.stream().anyMatch(Thread::isAlive)
                || executors.stream().anyMatch(executor -> isAtWork(executor) || mayBeBetweenTwo(executor));
    }

    /** Whatever still goes on. */
    synchronized List<String> alive() {
        var alive = new ArrayList<String>();
        for (Thread thread : threads) {
            if (thread.isAlive()) {
                alive.add("thread " + (thread.getName().isEmpty() ? thread.threadId() : thread.getName()));
            }
        }
        executors.stream().filter(Belongings::isAtWork).forEach(executor -> alive.add("executor " + executor));
        timers.removeIf(Belongings::isCancelled);
        timers.forEach(timer -> alive.add("timer"));
        if (atWork > 0) {
            alive.add("work in the common pool");
        }
        return alive;
    }

    /** A timer says so only to those who want something of it. */
    private static boolean isCancelled(Timer timer) {
        try {
            timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            // It was only to find out.
                        }
                    },
                    TimeUnit.HOURS.toMillis(1));
            return false;
        } catch (IllegalStateException cancelled) {
            return true;
        }
    }

    /** Where an executor does not tell, it is believed to be idle until it has been shut down. */
    private static boolean isAtWork(ExecutorService executor) {
        if (executor.isTerminated()) {
            return false;
        }
        return executor.isShutdown()
                || switch (executor) {
                    case ThreadPoolExecutor pool -> pool.getActiveCount() > 0 || hasQueued(pool);
                    case ForkJoinPool pool -> !pool.isQuiescent() || pool.hasQueuedSubmissions();
                    default -> false;
                };
    }

    /** One that has taken a periodic task out of its queue and does not execute it yet looks like an idle one. */
    private static boolean mayBeBetweenTwo(ExecutorService executor) {
        return executor instanceof ScheduledThreadPoolExecutor pool && !pool.isShutdown() && pool.getPoolSize() > 0;
    }

    /** Does something look idle that may be at work when it is looked at again? */
    synchronized boolean isUncertain() {
        return executors.stream().anyMatch(Belongings::mayBeBetweenTwo);
    }

    /** A queue of the task's own is task code, and may do anything. */
    private static boolean hasQueued(ThreadPoolExecutor pool) {
        BlockingQueue<Runnable> queue = pool.getQueue();
        return queue.getClass().getClassLoader() == null && !queue.isEmpty();
    }

    /** Task code may override it, and must not hold up whoever calls. */
    private static void interrupt(Thread thread) {
        if (thread.getClass().getClassLoader() == null) {
            thread.interrupt();
        } else {
            Thread.ofPlatform().daemon().inheritInheritableThreadLocals(false).start(thread::interrupt);
        }
    }

    /** Asks all of it to end. Timers do: what they run at the moment is stopped by {@link #condemn}. */
    synchronized void stop() {
        threads.stream().filter(Thread::isAlive).forEach(Belongings::interrupt);
        executors.stream().filter(Belongings::isAtWork).forEach(ExecutorService::shutdownNow);
        timers.forEach(Timer::cancel);
        timers.clear();
    }

    /** Whether all task code on these threads is to die at its next checkpoint. */
    void condemn(boolean die) {
        condemned = die;
    }

    boolean isCondemned() {
        return condemned;
    }

    /**
     * Takes out executors that are open and idle: they may serve a later run.
     *
     * @param sure whether what looks idle was looked at often enough
     */
    synchronized List<ExecutorService> kept(boolean sure) {
        var open = executors.stream()
                .filter(executor -> !executor.isShutdown() && !isAtWork(executor))
                .filter(executor -> sure || !mayBeBetweenTwo(executor))
                .toList();
        executors.removeAll(open);
        return open;
    }

    /** Threads of executors and timers, and those that belong to nobody, are not told of. */
    synchronized boolean mayHaveUnknownThreads() {
        return atWork > 0 || !timers.isEmpty() || executors.stream().anyMatch(one -> !one.isTerminated());
    }

    synchronized List<Thread> threadsAlive() {
        return threads.stream().filter(Thread::isAlive).toList();
    }
}
