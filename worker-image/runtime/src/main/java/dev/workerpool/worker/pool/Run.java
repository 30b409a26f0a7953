package dev.workerpool.worker.pool;

import dev.workerpool.mapping.ResultReceiver;
import dev.workerpool.mapping.ResultStream;
import dev.workerpool.task.Content;
import dev.workerpool.worker.task.TaskEntry;
import dev.workerpool.worker.task.TaskHost;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One execution of a task: queued, then active, then over. It is over when its outcome is set, which happens once and may
 * be before its thread has come back from the task.
 */
public final class Run implements ResultReceiver {
    private static final VarHandle OUTCOME;

    static {
        try {
            OUTCOME = MethodHandles.lookup().findVarHandle(Run.class, "outcome", Outcome.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final TaskEntry task;
    /** Null once its thread has left it, as are the next three: threads of an executor that it made may refer to it for long. */
    private Content body;

    private Supplier<Map<String, String>> parameters;
    private RunObserver observer;

    /** Null for a plain call. */
    private RunLink link;

    /** Links of the queue, and whether this is in it. Guarded by the queue's lock. */
    Run previous;

    Run next;
    boolean queued;

    private RunOptions options = RunOptions.DEFAULT;
    private long admittedAt;
    private volatile long startedAt;
    private volatile long endedAt;
    private volatile PoolThread thread;
    private volatile Outcome outcome;
    private volatile boolean killed;
    private volatile boolean released;
    private volatile Belongings belongings;
    private volatile RunOutput output;
    private String id;

    /** @param parameters of the call; asked for on the worker thread, when the task wants them */
    public Run(TaskEntry task, Content body, Supplier<Map<String, String>> parameters, RunObserver observer) {
        this(task, body, parameters, observer, null);
    }

    /** @param link to those who follow the run */
    public Run(
            TaskEntry task,
            Content body,
            Supplier<Map<String, String>> parameters,
            RunObserver observer,
            RunLink link) {
        this.task = task;
        this.body = body;
        this.parameters = parameters;
        this.observer = observer;
        this.link = link;
    }

    /** What its caller asks for; before it is submitted. */
    public Run with(RunOptions asked) {
        options = asked;
        return this;
    }

    public RunOptions options() {
        return options;
    }

    public TaskEntry task() {
        return task;
    }

    public RunObserver observer() {
        return observer;
    }

    /** For the task layer only: the observer takes a result that streams. */
    @Override
    public ResultStream begin(String mediaType) throws IOException {
        RunObserver taker = observer;
        if (taker == null) {
            throw new IOException("The run is over");
        }
        return taker.streams(this, mediaType);
    }

    Content body() {
        return body;
    }

    /** @throws IllegalStateException when its thread has left it */
    Map<String, String> parameters() {
        Supplier<Map<String, String>> asked = parameters;
        if (asked == null) {
            throw new IllegalStateException("The run is over");
        }
        return asked.get();
    }

    RunLink link() {
        return link;
    }

    void admitted(long now) {
        admittedAt = now;
    }

    /** As {@link System#nanoTime} tells. */
    public long admittedAt() {
        return admittedAt;
    }

    void started(PoolThread by, long now) {
        startedAt = now;
        thread = by;
    }

    long startedAt() {
        return startedAt;
    }

    PoolThread thread() {
        return thread;
    }

    /** The number of the thread it ran on; 0 when it never started. */
    public int threadNumber() {
        PoolThread by = thread;
        return by == null ? 0 : by.number();
    }

    /** How long it was queued, in nanoseconds. */
    public long waitNanos() {
        return (thread == null ? endedAt : startedAt) - admittedAt;
    }

    /** How long it was active until its outcome, in nanoseconds; 0 when it never started. */
    public long runNanos() {
        return thread == null ? 0 : endedAt - startedAt;
    }

    /** Makes the run's threads die at their next checkpoint, while checkpoints are armed. */
    void kill() {
        killed = true;
    }

    boolean isKilled() {
        return killed;
    }

    /** Is one of its threads to die at the next armed checkpoint, and has not yet? */
    boolean isDying() {
        PoolThread by = thread;
        return isCondemned() || by != null && by.isDying(this);
    }

    /** Those of its threads that are known and still in it. */
    List<Thread> threads() {
        var threads = new ArrayList<Thread>();
        if (thread != null && thread.current() == this) {
            threads.add(thread.thread());
        }
        if (belongings != null) {
            threads.addAll(belongings.threadsAlive());
        }
        return threads;
    }

    /** Made on demand: few ask, and every run would pay. */
    synchronized String id(RunIds ids) {
        if (id == null) {
            id = link == null ? ids.next() : link.runId();
        }
        return id;
    }

    /** Null when there are none. */
    Belongings belongings() {
        return belongings;
    }

    /** @param host of threads of this run */
    synchronized Belongings ownBelongings(TaskHost host) {
        if (belongings == null) {
            belongings = new Belongings(host);
        }
        return belongings;
    }

    /**
     * Its thread has left it, and nothing that it left is at work: threads that are not known to be its own are an executor's
     * that later runs may use.
     */
    void release() {
        released = true;
    }

    boolean isReleased() {
        return released;
    }

    /** Was this thread started by it, and not by an executor? */
    boolean knows(Thread thread) {
        Belongings own = belongings;
        return own != null && own.knows(thread);
    }

    /** Was it left behind? */
    boolean isCondemned() {
        Belongings own = belongings;
        return own != null && own.isCondemned();
    }

    synchronized RunOutput ownOutput(TaskPool pool) {
        if (output == null) {
            output = new RunOutput(this, pool);
        }
        return output;
    }

    /** Its thread has left it. */
    void end(TaskPool pool) {
        if (output != null) {
            output.end();
        }
        if (belongings == null) {
            release();
        } else {
            pool.leftovers().of(this);
        }
        forget();
    }

    private synchronized void forget() {
        if (link != null) {
            id = link.runId();
        }
        body = null;
        parameters = null;
        observer = null;
        link = null;
        if (outcome instanceof Outcome.Succeeded) {
            outcome = Outcome.Succeeded.FORGOTTEN;
        }
    }

    /** Null until it is over. */
    public Outcome outcome() {
        return outcome;
    }

    /** Nobody waits for the result any more. */
    boolean isOver() {
        return outcome != null;
    }

    /** Ends the run, unless it has ended. @return whether this call did */
    boolean complete(Outcome how, long now) {
        // Before it is looked whether it is over: after that, its thread may leave it.
        RunObserver told = observer;
        if (outcome != null) {
            return false;
        }
        // Before the outcome: whoever sees that sees this too. A second completer overwrites it by next to nothing.
        endedAt = now;
        if (!OUTCOME.compareAndSet(this, null, how)) {
            return false;
        }
        if (options.trace() != null) {
            options.trace().completed(this, PoolCounters.label(how));
        }
        told.completed(this, how);
        return true;
    }
}
