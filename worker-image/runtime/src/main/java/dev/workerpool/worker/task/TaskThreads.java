package dev.workerpool.worker.task;

import java.lang.Thread.UncaughtExceptionHandler;

/** What happens to an exception that ends a thread which task code started. */
public final class TaskThreads {
    private TaskThreads() {}

    /** From now on, for the whole process, hosts hear of theirs. @param otherwise for all other threads */
    public static void handleUncaught(UncaughtExceptionHandler otherwise) {
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            TaskHost host = TaskHooks.host();
            if (host == null) {
                otherwise.uncaughtException(thread, thrown);
            } else {
                host.failed(thrown);
            }
        });
    }
}
