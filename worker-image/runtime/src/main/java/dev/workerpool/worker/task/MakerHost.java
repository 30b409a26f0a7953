package dev.workerpool.worker.task;

/**
 * A run while it makes a shared resource. Threads started meanwhile are the resource's: they outlive the run, so neither its
 * end nor its kill is theirs.
 */
record MakerHost(TaskHost run) implements TaskHost {
    private static final TaskHost RESOURCE = new TaskHost() {
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
        public TaskHost forChild() {
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
    public TaskHost forChild() {
        return RESOURCE;
    }
}
