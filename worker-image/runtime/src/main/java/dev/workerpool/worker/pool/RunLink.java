package dev.workerpool.worker.pool;

import dev.workerpool.task.Content;
import java.time.Duration;

/** The way between a run and those who follow it from outside. Plain calls have none. Thread-safe. */
public interface RunLink {
    /** The name under which the run can be found. */
    String runId();

    /** Tells the followers. Never waits; does nothing once the run is over. */
    void emit(byte[] json);

    /**
     * The next message to the run.
     *
     * @return null when none came in time
     * @throws InterruptedException when the run is over, too
     */
    Content receive(Duration patience) throws InterruptedException;
}
