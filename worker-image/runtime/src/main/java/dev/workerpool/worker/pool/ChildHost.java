package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskHost;
import dev.workerpool.worker.task.TaskKilled;
import dev.workerpool.worker.task.ThreadExit;

/** Answers for a thread that task code started: it belongs to that run, not to whichever is current when it calls. */
record ChildHost(PoolThread thread, Run run) implements TaskHost {
    @Override
    public void exited(int exitCode) {
        thread.exited(run, exitCode);
    }

    /** With its run, as long as that lasts; later only if it was left behind, for it may be an executor's that lasts. */
    @Override
    public boolean isKilled() {
        return run.isKilled() && thread.current() == run || run.isCondemned();
    }

    @Override
    public boolean mayAllocate(long bytes) {
        return thread.mayAllocate(run, bytes);
    }

    @Override
    public void started(Thread started) {
        thread.belongings(run, this, started).started(started);
        lookAfter();
    }

    @Override
    public void opened(Object service) {
        thread.belongings(run, this, null).opened(service);
        lookAfter();
    }

    @Override
    public void atWork(boolean begins) {
        thread.belongings(run, this, null).atWork(begins);
        lookAfter();
    }

    /** What begins after the run is left behind at once. */
    private void lookAfter() {
        if (thread.current() != run) {
            thread.pool().leftovers().of(run);
        }
    }

    @Override
    public boolean print(byte[] bytes, int offset, int length) {
        run.ownOutput(thread.pool()).print(bytes, offset, length);
        return true;
    }

    @Override
    public void failed(Throwable thrown) {
        if (thrown instanceof TaskKilled || thrown instanceof ThreadExit) {
            return; // These have been told.
        }
        Outcome failed = Outcome.Failed.of(thrown);
        thread.pool().failures().report(run, thrown);
        thread.stop(run, failed);
    }

    @Override
    public TaskHost forChild() {
        return this;
    }
}
