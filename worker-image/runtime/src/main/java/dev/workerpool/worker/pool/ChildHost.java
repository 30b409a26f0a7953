package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskHost;

/**
 * Answers for a thread that task code started: it belongs to the run that was current then, not to whichever is when it
 * calls.
 *
 * @param run null when it was started between runs
 */
record ChildHost(PoolThread thread, Run run) implements TaskHost {
    @Override
    public void exited(int exitCode) {
        if (run != null) {
            thread.exited(run, exitCode);
        }
    }

    @Override
    public boolean isKilled() {
        return run != null && run.isKilled();
    }

    /** By itself at once; what it allocates in small steps is on nobody's account. */
    @Override
    public boolean mayAllocate(long bytes) {
        return run == null || thread.mayAllocate(run, bytes);
    }

    @Override
    public TaskHost forChild() {
        return this;
    }
}
