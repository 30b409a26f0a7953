package dev.workerpool.worker.pool;

/** Why a run was refused. */
public enum Refusal {
    QUEUE_FULL("queue-full"),
    WAIT_EXCEEDED("wait-exceeded"),
    DRAINING("draining"),
    /** The task type kept killing workers. */
    TASK_REFUSED("task-refused"),
    /** The bodies of all requests together take as much memory as they may. */
    BUFFER_FULL("buffer-full"),
    /** Runs that can be asked for later take as much memory as they may. */
    RUNS_FULL("runs-full");

    private final String label;

    Refusal(String label) {
        this.label = label;
    }

    /** As in {@code /status}, the metrics and the problem's type. */
    public String label() {
        return label;
    }
}
