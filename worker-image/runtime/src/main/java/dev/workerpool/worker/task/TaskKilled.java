package dev.workerpool.worker.task;

/** Unwinds task code that would not stop by itself. Thrown again at every checkpoint until the task is left. */
public final class TaskKilled extends Error {
    private static final long serialVersionUID = 1L;

    TaskKilled() {
        super("The run was stopped", null, false, false);
    }
}
