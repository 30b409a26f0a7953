package dev.workerpool.worker.task;

import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What woven task code calls in place of those methods of {@link Executors} that make something which does not tell whether it
 * is idle. They make the same, and tell the host what does tell: of those with a single thread what is inside, of those with a thread
 * for each task these threads. Public and static like {@link TaskHooks}.
 */
public final class TaskExecutors {
    private static final Cleaner UNREACHABLE = Cleaner.create();

    private TaskExecutors() {}

    /** For {@code Executors.newSingleThreadExecutor()}. */
    public static ExecutorService newSingleThreadExecutor() {
        return newSingleThreadExecutor(Executors.defaultThreadFactory());
    }

    /** For {@code Executors.newSingleThreadExecutor(factory)}. Shut down as that is, once nobody can reach it. */
    public static ExecutorService newSingleThreadExecutor(ThreadFactory factory) {
        var inside = new ThreadPoolExecutor(1, 1, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), factory);
        TaskHooks.opened(inside);
        ExecutorService made = Executors.unconfigurableExecutorService(inside);
        UNREACHABLE.register(made, new ShutDown(new WeakReference<>(inside)));
        return made;
    }

    /**
     * Keeps nothing that the executor has, or one whose thread factory knows who holds the executor would never be unreachable. Its
     * threads keep it as long as there is something to end.
     */
    private record ShutDown(WeakReference<ThreadPoolExecutor> inside) implements Runnable {
        @Override
        public void run() {
            ThreadPoolExecutor executor = inside.get();
            if (executor != null) {
                executor.shutdown();
            }
        }
    }

    /** For {@code Executors.newSingleThreadScheduledExecutor()}. */
    public static ScheduledExecutorService newSingleThreadScheduledExecutor() {
        return newSingleThreadScheduledExecutor(Executors.defaultThreadFactory());
    }

    /** For {@code Executors.newSingleThreadScheduledExecutor(factory)}. */
    public static ScheduledExecutorService newSingleThreadScheduledExecutor(ThreadFactory factory) {
        var inside = new ScheduledThreadPoolExecutor(1, factory);
        TaskHooks.opened(inside);
        return Executors.unconfigurableScheduledExecutorService(inside);
    }

    /** For {@code Executors.newVirtualThreadPerTaskExecutor()}. */
    public static ExecutorService newVirtualThreadPerTaskExecutor() {
        return newThreadPerTaskExecutor(Thread.ofVirtual().factory());
    }

    /** For {@code Executors.newThreadPerTaskExecutor(factory)}. Each thread belongs to whoever gives it its task. */
    public static ExecutorService newThreadPerTaskExecutor(ThreadFactory factory) {
        Objects.requireNonNull(factory);
        return Executors.newThreadPerTaskExecutor(task -> {
            Thread thread = factory.newThread(task);
            TaskHooks.starting(thread);
            return thread;
        });
    }
}
