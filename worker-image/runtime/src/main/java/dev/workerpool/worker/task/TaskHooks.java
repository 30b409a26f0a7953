package dev.workerpool.worker.task;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Timer;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

/**
 * What woven task code calls. With {@link AllocationHooks}, {@link TaskExecutors} and {@link TaskReflection} all of the worker that
 * task code can see, so it is public, static and as small as can be.
 */
public final class TaskHooks {
    /** Whoever runs tasks on a thread; inherited by the threads which that thread starts. */
    private static final InheritableThreadLocal<TaskHost> HOST = new InheritableThreadLocal<>() {
        @Override
        protected TaskHost childValue(TaskHost parent) {
            return parent == null ? null : child(parent);
        }
    };

    /** The host whose kill unwinds the thread, which is in no static initialiser. */
    private static final ThreadLocal<TaskHost> DYING = new ThreadLocal<>();

    /** Frames. Looking at all of a deep stack again and again, as it is unwound through many handlers, would take too long. */
    private static final int TOP = 256;

    private static final MethodHandle POLL = CheckpointSwitch.SHARED.site().dynamicInvoker();

    private TaskHooks() {}

    /** Who answers for task code on the calling thread; null where there is none. */
    static TaskHost host() {
        TaskHost host = HOST.get();
        return host == null ? StartedThreads.ofCurrent() : host;
    }

    /** What a static initialiser makes belongs to its class, whichever run it was that came upon it first. */
    private static TaskHost child(TaskHost host) {
        return isInitialising() ? MakerHost.RESOURCE : host.forChild();
    }

    private static boolean isInitialising() {
        return isInitialising(Integer.MAX_VALUE);
    }

    private static boolean isInitialising(int frames) {
        return StackWalker.getInstance().walk(stack -> stack.limit(frames)
                .anyMatch(frame -> frame.getMethodName().equals("<clinit>")));
    }

    /** Makes {@code host} answer for task code on this thread and on those started from it. */
    static void enter(TaskHost host) {
        HOST.set(host);
    }

    /** Calls what makes something that outlives the run, such as a shared resource: its threads are no run's. */
    static <T> T making(Callable<T> maker) throws Exception {
        TaskHost host = HOST.get();
        if (host == null) {
            return maker.call();
        }
        HOST.set(new MakerHost(host));
        try {
            return maker.call();
        } finally {
            HOST.set(host);
        }
    }

    /** Links a checkpoint in task code. */
    public static CallSite bootstrap(MethodHandles.Lookup caller, String name, MethodType type) {
        return CheckpointSwitch.of(caller.lookupClass()).site();
    }

    /** A checkpoint in a class file that is older than invokedynamic. Compiled to nothing just the same. */
    public static void poll() throws Throwable {
        POLL.invokeExact();
    }

    /** What checkpoints are while they are armed. */
    static void checkpoint() {
        TaskHost host = host();
        if (host != null && host.isKilled()) {
            die(host);
        }
    }

    /**
     * Not in the middle of a static initialiser: it would leave its class unusable for every thread, which is worse than a
     * lost thread. {@code finally} may begin one at any time, and its methods come here as soon as they are entered: where
     * there was none before, a look at the top of the stack is enough.
     */
    private static void die(TaskHost host) {
        if (isInitialising(DYING.get() == host ? TOP : Integer.MAX_VALUE)) {
            DYING.remove();
            return;
        }
        DYING.set(host);
        throw new TaskKilled();
    }

    /** Task code is about to allocate so many bytes. */
    static void mustBeAllowed(long bytes) {
        TaskHost host = host();
        if (host != null && !host.mayAllocate(bytes)) {
            die(host);
        }
    }

    /** {@code thread.start()} in task code; also that of others who have a method of that name. */
    public static void starting(Object thread) {
        if (!(thread instanceof Thread started)) {
            return; // As most that have such a method are not.
        }
        TaskHost host = host();
        if (host != null && !isInitialising()) {
            host.started(started);
            StartedThreads.add(started, host.forChild());
        }
    }

    /** Task code made an executor, a timer or the like. */
    public static void opened(Object service) {
        TaskHost host = host();
        if (host != null && (service instanceof ExecutorService || service instanceof Timer) && !isInitialising()) {
            host.opened(service);
        }
    }

    /**
     * For what task code leaves to the common pool, whose threads belong to nobody.
     *
     * @param future which may have another pool; null when there is none yet
     */
    public static Executor executor(Object future) {
        Executor pool = future instanceof CompletableFuture<?> one ? one.defaultExecutor() : CommonPool.ASYNC;
        TaskHost host = host();
        if (host == null) {
            return pool;
        }
        TaskHost there = isInitialising() ? MakerHost.RESOURCE : host.forWork();
        return work -> pool.execute(bound(work, there));
    }

    /** That of futures: the common pool has no threads where the JVM is told so, until there is the first future. */
    private static final class CommonPool {
        private static final Executor ASYNC = new CompletableFuture<>().defaultExecutor();
    }

    private static Runnable bound(Runnable work, TaskHost there) {
        return () -> {
            TaskHost before = HOST.get();
            HOST.set(there);
            there.atWork(true);
            try {
                work.run();
            } finally {
                there.atWork(false);
                HOST.set(before);
            }
        };
    }

    /** {@code System.setIn}, {@code setOut} and {@code setErr} in task code. */
    public static void setStream(Object stream) {
        throw new UnsupportedOperationException("System.in, out and err are those of all runs, which go on using them."
                + " What a task prints is in the log, tagged with its run");
    }

    /** {@code System.exit(status)} in task code. */
    public static void exit(int status) {
        stop(status);
    }

    /** {@code runtime.exit(status)} and {@code runtime.halt(status)} in task code. */
    public static void exit(Runtime runtime, int status) {
        stop(status);
    }

    private static void stop(int status) {
        TaskHost host = host();
        if (host != null) {
            host.exited(status);
        }
        throw new ThreadExit(status);
    }
}
