package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.MakerHost;
import dev.workerpool.worker.task.TaskHost;
import dev.workerpool.worker.task.TaskKilled;
import dev.workerpool.worker.task.ThreadExit;
import java.util.Timer;

/**
 * Answers for a thread that task code started: it belongs to that run, not to whichever is current when it calls.
 *
 * @param inherited whether the thread has it from whoever made the thread, which may be an executor that lasts. Once the run
 *     has left nothing at work, such a thread answers to nobody, unless the run is known to have started it
 */
record ChildHost(PoolThread thread, Run run, boolean inherited) implements TaskHost {
    private boolean isNobodys() {
        return inherited && run.isReleased() && !run.knows(Thread.currentThread());
    }

    @Override
    public void exited(int exitCode) {
        thread.exited(run, exitCode);
    }

    /** With its run, as long as that lasts; later only if it was left behind. */
    @Override
    public boolean isKilled() {
        return run.isKilled() && thread.current() == run || run.isCondemned() && !isNobodys();
    }

    @Override
    public boolean mayAllocate(long bytes) {
        return thread.mayAllocate(run, bytes);
    }

    @Override
    public void started(Thread started) {
        if (!isNobodys()) {
            thread.belongings(run, this, started).started(started);
            lookAfter();
        }
    }

    @Override
    public void opened(Object service) {
        if (!isNobodys()) {
            Thread started = service instanceof Timer ? OwnTimer.youngestThread(run::knows) : null;
            thread.belongings(run, this, started).opened(service);
            lookAfter();
        }
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
        if (isNobodys()) {
            return false;
        }
        run.ownOutput(thread.pool()).print(bytes, offset, length);
        return true;
    }

    @Override
    public void failed(Throwable thrown) {
        if (thrown instanceof TaskKilled || thrown instanceof ThreadExit) {
            return; // These have been told.
        }
        if (isNobodys()) {
            MakerHost.RESOURCE.failed(thrown);
            return;
        }
        Outcome failed = Outcome.Failed.of(thrown);
        thread.pool().failures().report(run, thrown);
        thread.stop(run, failed);
    }

    @Override
    public TaskHost forChild() {
        return isNobodys() ? MakerHost.RESOURCE : new ChildHost(thread, run, true);
    }

    @Override
    public TaskHost forWork() {
        return isNobodys() ? MakerHost.RESOURCE : new ChildHost(thread, run, false);
    }
}
