package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.MakerHost;
import dev.workerpool.worker.task.TaskHost;

/** Answers for a worker thread itself: whatever its code does belongs to the run it is in. */
record OwnHost(PoolThread thread) implements TaskHost {
    /** Asked at every checkpoint while they are armed. */
    @Override
    public boolean isKilled() {
        Run run = thread.current();
        return run != null && run.isKilled();
    }

    /** For what is seldom. */
    private TaskHost host() {
        Run run = thread.current();
        return run == null ? MakerHost.RESOURCE : new ChildHost(thread, run, false);
    }

    @Override
    public void exited(int exitCode) {
        host().exited(exitCode);
    }

    @Override
    public boolean mayAllocate(long bytes) {
        return host().mayAllocate(bytes);
    }

    @Override
    public void started(Thread started) {
        host().started(started);
    }

    @Override
    public void opened(Object service) {
        host().opened(service);
    }

    @Override
    public void atWork(boolean begins) {
        host().atWork(begins);
    }

    @Override
    public boolean print(byte[] bytes, int offset, int length) {
        return host().print(bytes, offset, length);
    }

    @Override
    public void failed(Throwable thrown) {
        host().failed(thrown);
    }

    @Override
    public TaskHost forChild() {
        return host().forChild();
    }

    @Override
    public TaskHost forWork() {
        return host().forWork();
    }
}
