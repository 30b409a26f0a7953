package dev.workerpool.worker.pool;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A run, for the JDK Flight Recorder; on the thread and over the time in which it was active. */
@Name("dev.workerpool.Run")
@Label("Run")
@Category("Workerpool")
@Description("One execution of a task on a worker thread")
@StackTrace(false)
final class RunEvent extends Event {
    @Label("Task")
    String task;

    @Label("Run")
    String run;

    @Label("Worker Thread")
    int workerThread;

    @Label("Outcome")
    String outcome;

    @Label("Wait Time")
    @Timespan
    long waitTime;

    @Label("Allocated")
    @DataAmount
    long allocated;

    /** @return null when no recording wants it */
    static RunEvent ofNow() {
        var event = new RunEvent();
        if (!event.isEnabled()) {
            return null;
        }
        event.begin();
        return event;
    }

    /** The thread has left the run. */
    void end(Run of, RunIds ids, long bytes) {
        end();
        if (shouldCommit()) {
            task = of.task().type();
            run = of.id(ids);
            workerThread = of.threadNumber();
            outcome = PoolCounters.label(of.outcome());
            waitTime = of.waitNanos();
            allocated = bytes;
            commit();
        }
    }
}
