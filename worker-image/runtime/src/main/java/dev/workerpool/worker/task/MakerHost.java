package dev.workerpool.worker.task;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * A run while it makes what lasts: a task object, a shared resource. Threads started meanwhile are the resource's: they outlive the run, so neither its
 * end nor its kill is theirs.
 */
public record MakerHost(TaskHost run) implements TaskHost {
    private static final Logger LOG = System.getLogger("dev.workerpool.task");

    /** Of the threads made meanwhile. */
    public static final TaskHost RESOURCE = new TaskHost() {
        @Override
        public void exited(int exitCode) {
            // There is no run to tell; the error that follows ends the thread.
        }

        @Override
        public boolean isKilled() {
            return false;
        }

        @Override
        public boolean mayAllocate(long bytes) {
            return true;
        }

        @Override
        public void started(Thread thread) {
            // It lasts.
        }

        @Override
        public void opened(Object service) {
            // It lasts.
        }

        @Override
        public boolean print(byte[] bytes, int offset, int length) {
            return false;
        }

        @Override
        public void failed(Throwable thrown) {
            LOG.log(Level.WARNING, "Thread " + Thread.currentThread().getName() + " of a task ended", thrown);
        }

        @Override
        public void atWork(boolean begins) {
            // Nobody waits for it.
        }

        @Override
        public TaskHost forChild() {
            return this;
        }

        @Override
        public TaskHost forWork() {
            return this;
        }
    };

    @Override
    public void exited(int exitCode) {
        run.exited(exitCode);
    }

    @Override
    public boolean isKilled() {
        return run.isKilled();
    }

    @Override
    public boolean mayAllocate(long bytes) {
        return run.mayAllocate(bytes);
    }

    @Override
    public void started(Thread thread) {
        // It lasts.
    }

    @Override
    public void opened(Object service) {
        // It lasts.
    }

    @Override
    public boolean print(byte[] bytes, int offset, int length) {
        return run.print(bytes, offset, length);
    }

    @Override
    public void failed(Throwable thrown) {
        run.failed(thrown);
    }

    @Override
    public void atWork(boolean begins) {
        run.atWork(begins);
    }

    @Override
    public TaskHost forChild() {
        return RESOURCE;
    }

    @Override
    public TaskHost forWork() {
        return RESOURCE;
    }
}
