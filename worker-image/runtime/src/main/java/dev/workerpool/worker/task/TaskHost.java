package dev.workerpool.worker.task;

/** The thread, in the eyes of the task code that runs on it. */
public interface TaskHost {
    /**
     * Task code asked the process to exit. Called on the asking thread, which may be one the task started itself; the
     * current run is over, whether or not that code lets the {@link ThreadExit} through.
     */
    void exited(int exitCode);

    /** Is task code on the calling thread to die at its next checkpoint? Asked while {@link Checkpoints} are armed. */
    boolean isKilled();

    /**
     * Task code on the calling thread is about to allocate so many bytes at once. @return false when that is too much and
     * it is to die
     */
    boolean mayAllocate(long bytes);

    /** Who answers for task code on a thread that is being started from this one. */
    TaskHost forChild();

    /** Who answers for work of task code that is being left to a thread of others. */
    TaskHost forWork();

    /** Task code starts a thread, or has just started it. It may have ended already. */
    void started(Thread thread);

    /** Task code made an {@link java.util.concurrent.ExecutorService} or a {@link java.util.Timer}. */
    void opened(Object service);

    /** Task code prints. @return false when it is to be printed as if nobody looked */
    boolean print(byte[] bytes, int offset, int length);

    /** A thread that task code started ended with an exception that nobody caught. On that thread. */
    void failed(Throwable thrown);

    /** Something that task code left to another thread, the calling one, begins or ends there. */
    void atWork(boolean begins);

    /** Binds this host to the calling thread. */
    default void enter() {
        TaskHooks.enter(this);
    }
}
