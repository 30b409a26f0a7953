package dev.workerpool.worker.pool;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** A line that task code printed, as the parameter of its log record: a log may keep its members apart. */
public record TaskLine(String task, String run, int thread, String text) {
    private static final Logger LOG = System.getLogger("dev.workerpool.task.output");

    static void log(String task, String run, int thread, String text) {
        LOG.log(Level.INFO, "{0}", new TaskLine(task, run, thread, text));
    }

    @Override
    public String toString() {
        return "[" + task + " " + run + " thread " + thread + "] " + text;
    }
}
