package dev.workerpool.worker.runs;

import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.DrainingException;
import dev.workerpool.worker.pool.Outcome;
import dev.workerpool.worker.pool.Run;
import dev.workerpool.worker.pool.RunLink;
import dev.workerpool.worker.pool.RunObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A run that can be found by its id, from its admission until it is forgotten. While it is in flight it holds the pool's
 * run; once over only what there is to tell, so that input and messages are free. Thread-safe.
 */
public final class StoredRun implements RunObserver, RunLink, KeptResult {
    private final RunStore store;
    private final String id;
    private final String task;
    private final RunKey key;
    private final boolean outlivesItsCallers;
    private final Instant createdAt;
    private final EventLog events;
    private final Mailbox mailbox;

    /** Called when something happened. They hand over and return, and look for themselves what it was. */
    private final CopyOnWriteArrayList<Runnable> followers = new CopyOnWriteArrayList<>();

    /** Null once it is over. */
    private volatile Run run;

    /** What it is made of; null once it is over. */
    private volatile RunRequest request;

    /** Null until it is over and the store has taken note of that. */
    private volatile EndedRun ended;

    /** What it is charged for in the store. Guarded by the store. */
    long charged;

    /** Its end, as soon as the store has taken note of it. Guarded by the store. */
    EndedRun settled;

    private Instant endedAt;

    private int callers;
    private boolean cancelled;

    /** How often it has come from another worker. */
    private final int moves;

    /** On its way to another worker. */
    private boolean leaving;

    /** No other worker would ever do it. */
    private boolean refused;

    /** Another worker has it. */
    private volatile boolean moved;

    StoredRun(RunStore store, String id, RunRequest request, Instant createdAt, int moves) {
        this.store = store;
        this.id = id;
        this.task = request.task().type();
        this.key = request.key();
        this.outlivesItsCallers = request.outlivesItsCallers();
        this.createdAt = createdAt;
        this.moves = moves;
        this.events = new EventLog(store.memory());
        this.mailbox = new Mailbox(store.memory()::release);
        this.request = request;
        this.run = new Run(request.task(), request.body(), request.parameters(), this, this).with(request.options());
    }

    /** One that another worker had. */
    StoredRun(RunStore store, RetainedRun retained) {
        this.store = store;
        this.ended = retained.ended();
        settle(ended);
        this.id = ended.id();
        this.task = ended.task();
        this.key = ended.freesKey() ? null : retained.key();
        this.outlivesItsCallers = true;
        this.createdAt = ended.createdAt();
        this.moves = 0;
        this.events = EventLog.of(retained.events(), store.memory());
        this.mailbox = new Mailbox(store.memory()::release);
        mailbox.close();
    }

    public String id() {
        return id;
    }

    /** The type. */
    public String task() {
        return task;
    }

    /** Null when the caller gave none. */
    public RunKey key() {
        return key;
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** The pool's run; null once it is over. */
    Run run() {
        return run;
    }

    /** Null until it is over. */
    public EndedRun ended() {
        return ended;
    }

    /** Succeeded and failed only together with {@link #ended}: whoever hears of an end can have the outcome. */
    public RunState state() {
        Run inFlight = run;
        EndedRun over = ended;
        if (over != null) {
            return over.state();
        }
        if (inFlight.outcome() instanceof Outcome.Cancelled) {
            return RunState.CANCELLED; // At once, for whoever did it.
        }
        return inFlight.threadNumber() == 0 ? RunState.QUEUED : RunState.ACTIVE;
    }

    /** The number of the thread it is or was on; 0 before that. */
    public int thread() {
        Run inFlight = run;
        EndedRun over = ended;
        return over != null ? over.thread() : inFlight.threadNumber();
    }

    /** How long it was queued; null as long as it is. */
    public Duration waitTime() {
        Run inFlight = run;
        EndedRun over = ended;
        if (over != null) {
            return over.waitTime();
        }
        return inFlight.threadNumber() == 0 ? null : Duration.ofNanos(inFlight.waitNanos());
    }

    public EventLog events() {
        return events;
    }

    /** Has it called from now on when an event was emitted, and when the run is over or has moved. At once if it is. */
    public void follow(Runnable follower) {
        followers.add(follower);
        if (ended != null || moved) {
            follower.run();
        }
    }

    public void unfollow(Runnable follower) {
        followers.remove(follower);
    }

    /** A caller waits for the outcome. @return false when it had better ask another worker, soon */
    synchronized boolean join() {
        if (leaving) {
            return false;
        }
        callers++;
        return true;
    }

    /** A caller no longer waits. The last one to go takes the run along, unless it is to outlive them. */
    public void leave() {
        boolean deserted;
        synchronized (this) {
            callers--;
            deserted = callers == 0 && !outlivesItsCallers && !cancelled && ended == null;
            cancelled |= deserted;
        }
        if (deserted) {
            stop();
        }
    }

    /**
     * Ends the run unless it has ended.
     *
     * @return whether this call did
     * @throws DrainingException while it is on its way to another worker, which may do it: to be asked again, wherever it is then
     */
    public boolean cancel() throws DrainingException {
        synchronized (this) {
            if (leaving) {
                throw new DrainingException();
            }
            if (cancelled || ended != null) {
                return false;
            }
            cancelled = true;
        }
        return stop();
    }

    private boolean stop() {
        Run inFlight = run;
        if (inFlight == null) {
            return false;
        }
        store.pool().cancel(inFlight);
        return inFlight.outcome() instanceof Outcome.Cancelled;
    }

    @Override
    public void completed(Run over, Outcome outcome) {
        events.close();
        mailbox.close();
        var end = new EndedRun(
                id,
                task,
                store.replica(),
                over.threadNumber(),
                createdAt,
                Duration.ofNanos(over.waitNanos()),
                Duration.ofNanos(over.runNanos()),
                outcome);
        store.ended(this, end);
        ended = end;
        run = null;
        request = null;
        followers.forEach(Runnable::run);
    }

    @Override
    public boolean isKept() {
        return store.find(id) == this;
    }

    /** Could it be done elsewhere without anybody here missing it? Only before it has a thread. */
    synchronized boolean isMovable() {
        return callers == 0 && outlivesItsCallers && !cancelled && !leaving && followers.isEmpty() && mailbox.isEmpty();
    }

    /** Had it better go to any worker that asks for one? With a key it has to be where calls with the key go. */
    synchronized boolean isFree() {
        return key == null && !refused && isMovable();
    }

    /** From now on nobody can change it. @return null when it is not movable */
    synchronized WaitingRun depart(long now) {
        RunRequest asked = request;
        Run waits = run;
        if (!isMovable() || asked == null || waits == null) {
            return null;
        }
        var waiting = new WaitingRun(
                id,
                task,
                createdAt,
                Duration.ofNanos(now - waits.admittedAt()),
                asked.body(),
                asked.parameters().get(),
                asked.options(),
                key,
                moves + 1);
        leaving = true;
        return waiting;
    }

    /** Another worker has it: whoever follows it here will hear no more. */
    void moved() {
        moved = true;
        followers.forEach(Runnable::run);
    }

    /** Does another worker have it now, so that nothing more is to be heard of it here? */
    public boolean hasMoved() {
        return moved;
    }

    synchronized boolean isLeaving() {
        return leaving;
    }

    /** Nobody elsewhere has taken it. */
    synchronized void stay() {
        leaving = false;
    }

    /** No other worker would take it later either. */
    synchronized void refuse() {
        refused = true;
    }

    /** @return what became of it */
    synchronized Delivery deliver(Content message) {
        return leaving ? Delivery.FULL : mailbox.offer(message);
    }

    /** Under the store's lock. */
    final void settle(EndedRun end) {
        settled = end;
        endedAt = end.endedAt();
    }

    /** When it was over, as the store knows. Under the store's lock. */
    Instant endedAt() {
        return endedAt;
    }

    /** Under the store's lock. */
    RetainedRun retained() {
        return new RetainedRun(settled, events.all(), settled.freesKey() ? null : key);
    }

    @Override
    public String runId() {
        return id;
    }

    @Override
    public void emit(byte[] json) {
        if (events.append(json)) {
            followers.forEach(Runnable::run);
        }
    }

    @Override
    public Content receive(Duration patience) throws InterruptedException {
        return mailbox.take(patience);
    }
}
