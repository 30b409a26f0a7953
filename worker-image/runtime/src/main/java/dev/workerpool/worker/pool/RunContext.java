package dev.workerpool.worker.pool;

import dev.workerpool.task.TaskContext;
import java.time.Duration;
import java.util.Map;

/** A run, as its task sees it. */
final class RunContext implements TaskContext {
    private final Run run;
    private final TaskPool pool;
    private Map<String, String> parameters;
    private String runId;

    RunContext(Run run, TaskPool pool) {
        this.run = run;
        this.pool = pool;
    }

    @Override
    public synchronized String runId() {
        // Made on demand: few tasks ask, and every run would pay.
        if (runId == null) {
            runId = pool.nextRunId();
        }
        return runId;
    }

    @Override
    public String replica() {
        return pool.settings().replica();
    }

    @Override
    public int thread() {
        return run.threadNumber();
    }

    @Override
    public Duration waitTime() {
        return Duration.ofNanos(run.waitNanos());
    }

    @Override
    public Map<String, String> config() {
        return pool.live().config();
    }

    @Override
    public synchronized Map<String, String> parameters() {
        if (parameters == null) {
            parameters = run.parameters();
        }
        return parameters;
    }

    @Override
    public boolean isCancelled() {
        return run.isOver();
    }
}
