package dev.workerpool.worker.task;

/**
 * What woven task code calls instead of the JDK. The only class of the worker that task code can see, so it is public,
 * static and as small as can be.
 */
public final class TaskHooks {
    /** Whoever runs tasks on a thread; inherited by the threads which that thread starts. */
    private static final InheritableThreadLocal<TaskHost> HOST = new InheritableThreadLocal<>() {
        @Override
        protected TaskHost childValue(TaskHost parent) {
            return parent == null ? null : parent.forChild();
        }
    };

    private TaskHooks() {}

    /** Makes {@code host} answer for task code on this thread and on those started from it. */
    static void enter(TaskHost host) {
        HOST.set(host);
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
        TaskHost host = HOST.get();
        if (host != null) {
            host.exited(status);
        }
        throw new ThreadExit(status);
    }
}
