package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskCatalog;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * Worker threads and the queue before them, as many of either as the {@link LiveSettings} say. Promises that every admitted run has exactly one outcome,
 * that no more runs are active than there are threads, and that a run which will not stop costs its thread and nobody
 * else's. Thread-safe. Life cycle: {@link #start}, {@link #submit} …, {@link #close}, {@link #awaitDrained}, {@link #interrupt}.
 */
public final class TaskPool {
    private static final Logger LOG = System.getLogger(TaskPool.class.getName());

    private final PoolSettings settings;
    private final PoolListener listener;
    private final TerminationLog terminationLog;
    private final PoolCounters counters;
    private final RunQueue queue;
    private final Watchdog watchdog = new Watchdog(this);
    private final FailureLog failures = new FailureLog();
    private final OutputRate outputRate = new OutputRate();
    private final Leftovers leftovers = new Leftovers(this);
    private final RefusedTasks refusedTasks = new RefusedTasks();
    private final RunIds runIds;

    private final ThreadRoster roster;
    private volatile LiveSettings live;
    private volatile Duration longestWait;
    private volatile Duration longestTimeout;

    public TaskPool(
            PoolSettings settings,
            TaskCatalog catalog,
            PrometheusRegistry registry,
            TerminationLog terminationLog,
            PoolListener listener) {
        this.settings = settings;
        this.terminationLog = terminationLog;
        this.listener = listener;
        this.counters = new PoolCounters(registry, catalog.entries());
        this.live = settings.initial();
        this.longestWait = live.maxWait();
        this.longestTimeout = live.timeout();
        this.queue = new RunQueue(live);
        this.roster = new ThreadRoster(
                queue,
                (number, own) -> new PoolThread(number, this, own, catalog.forThread()),
                watchdog::wake,
                Thread.ofPlatform().name("spare").daemon().factory());
        this.runIds = new RunIds(settings.replica(), System.currentTimeMillis());
        counters.gauge("workerpool_active", "Runs active now", this::active);
        counters.gauge("workerpool_queued", "Runs waiting for a thread", this::queued);
        counters.gauge("workerpool_threads", "Worker threads that are wanted", () -> live.threads());
        counters.gauge("workerpool_threads_missing", "Of these, the system gives no thread for", roster::missing);
        counters.gauge("workerpool_generation", "Generation of the settings in force", () -> live.generation());
        counters.gauge("workerpool_threads_lost", "Threads given up whose task still runs", this::lost);
        counters.gauge("workerpool_threads_left_behind", "Threads that runs left behind, alive", leftovers::threads);
    }

    public void start() {
        watchdog.start();
        roster.resize(live.threads());
        if (roster.current().isEmpty()) {
            throw new IllegalStateException("The system gives this process no thread to run tasks on");
        }
    }

    /** How it behaves now. The next call may give others. */
    public LiveSettings live() {
        return live;
    }

    /**
     * Behaves otherwise from now on. No run is lost by it: surplus threads finish theirs, and what waits beyond a smaller
     * capacity goes on waiting. A longest wait holds for those that wait already, a time limit for runs that start later.
     */
    public synchronized void apply(LiveSettings settings) {
        live = settings;
        longestWait = longer(longestWait, settings.maxWait());
        longestTimeout = longer(longestTimeout, settings.timeout());
        queue.tune(settings);
        roster.resize(settings.threads());
        watchdog.wake();
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    /**
     * From a run's admission to its end, at most, whatever the settings were when it came and when it started. A limit that is
     * lowered holds on for runs that have it, so one that was ever in force counts for good.
     */
    public Duration longestStay() {
        return longestWait.plus(longestTimeout);
    }

    /**
     * Admits the run or refuses it, without waiting. Its observer hears of the outcome.
     *
     * @throws QueueFullException when no thread is idle and the queue is full
     * @throws DrainingException after {@link #close}
     */
    public void submit(Run run) throws RunRejectedException {
        submit(run, System.nanoTime());
    }

    /** @param admittedAt when the run came, here or to the replica that it comes from */
    public void submit(Run run, long admittedAt) throws RunRejectedException {
        admit(run, admittedAt, queue.capacity());
    }

    /**
     * Admits a run that a peer had admitted and gives back: it may wait however many do.
     *
     * @throws DrainingException after {@link #close}
     */
    public void readmit(Run run, long admittedAt) throws RunRejectedException {
        admit(run, admittedAt, Integer.MAX_VALUE);
    }

    private void admit(Run run, long admittedAt, int maxQueued) throws RunRejectedException {
        try {
            put(run, admittedAt, maxQueued);
        } catch (QueueFullException e) {
            counters.refused(Refusal.QUEUE_FULL);
            throw e;
        } catch (DrainingException e) {
            counters.refused(Refusal.DRAINING);
            throw e;
        }
    }

    /**
     * Admits a run that a peer passed, or refuses it, which does not count as a refusal: the peer has it still.
     *
     * @param maxQueued it may wait only while fewer than so many do
     */
    public void submitPassed(Run run, long admittedAt, int maxQueued) throws RunRejectedException {
        put(run, admittedAt, Math.min(maxQueued, queue.capacity()));
    }

    private void put(Run run, long admittedAt, int maxQueued) throws RunRejectedException {
        run.admitted(admittedAt);
        if (queue.put(run, maxQueued)) {
            watchWait(run);
        }
    }

    private void watchWait(Run run) {
        // The settings of now, after it is in: a change that these do not have yet wakes the watchdog later.
        watchdog.watch(run.admittedAt() + live.maxWait().toNanos());
    }

    /**
     * Takes out the next waiting run whose observer is movable, so that it can be done elsewhere. Either {@link #putBack} or
     * {@link #gone} has to follow; the pool does not end before.
     *
     * @return null when there is none
     */
    public Run takeAway(Predicate<RunObserver> movable) {
        return queue.takeAway(run -> movable.test(run.observer()));
    }

    /** Nobody elsewhere did the run that was taken away: it waits where it did before. */
    public void putBack(Run run) {
        if (queue.putBack(run)) {
            watchWait(run);
        }
    }

    /** The run that was taken away does not come back. */
    public void gone() {
        queue.gone();
    }

    /** Nobody knows whether the run that was taken away is done elsewhere: it ends here. */
    public void abandon(Run run) {
        gone();
        run.complete(new Outcome.Drained(), System.nanoTime());
    }

    /** @param listener called on every change of what is idle or queued, on any thread; null for none */
    public void onLoadChange(Runnable listener) {
        queue.onChange(listener);
    }

    /** Will each thread find another run after the one that it is in, whatever else comes? */
    public boolean hasPlenty() {
        return queue.hasPlenty();
    }

    /**
     * @param listener called by the thread that took the run without which {@link #hasPlenty} is not so any more. Nobody is
     *     called when runs go without being run, or threads are added
     */
    public void onScarcity(Runnable listener) {
        queue.onScarcity(listener);
    }

    /** Threads that wait for a run. */
    public int idle() {
        return queue.idle();
    }

    /** Ends a run nobody waits for: out of the queue at once; an active one is interrupted. */
    public void cancel(Run run) {
        stop(run, new Outcome.Cancelled());
    }

    private void stop(Run run, Outcome how) {
        if (queue.remove(run)) {
            run.complete(how, System.nanoTime());
            return;
        }
        if (run.thread() == null) {
            // Taken, and not started yet: its thread sees that it is over, or it has started by now.
            run.complete(how, System.nanoTime());
        }
        PoolThread thread = run.thread();
        if (thread != null) {
            thread.stop(run, how);
        }
    }

    /** Stops admitting. What was accepted is finished. */
    public void close() {
        queue.close();
    }

    /** Waits until every thread has ended, after {@link #close}. @return false when the time was not enough */
    public boolean awaitDrained(Duration patience) throws InterruptedException {
        return roster.awaitEmpty(patience);
    }

    /** Ends all runs that are left, after {@link #awaitDrained} gave up. @return how many there were */
    public int interrupt() {
        int ended = 0;
        for (Run run = queue.removeOlderThan(System.nanoTime());
                run != null;
                run = queue.removeOlderThan(System.nanoTime())) {
            run.complete(new Outcome.Drained(), System.nanoTime());
            ended++;
        }
        for (PoolThread thread : roster.current()) {
            Run run = thread.current();
            if (run != null) {
                thread.stop(run, new Outcome.Drained());
                ended++;
            }
        }
        watchdog.stop();
        return ended;
    }

    /** @param lost the runs that keep threads, one for each of these */
    void exhausted(List<Run> lost) {
        LOG.log(
                Level.ERROR,
                "{0} threads are lost to code that does not stop: the worker has to be replaced",
                lost.size());
        terminationLog.endsBecauseOf(lost.stream().map(Run::task).toList());
        listener.tooManyThreadsLost(lost.size());
    }

    public List<ThreadStatus> status() {
        long now = System.nanoTime();
        Instant wall = Instant.now();
        return roster.current().stream().map(thread -> thread.status(now, wall)).toList();
    }

    public int active() {
        return (int) roster.current().stream()
                .filter(thread -> thread.current() != null)
                .count();
    }

    /** For how long the youngest of the active runs has been so, in nanoseconds; 0 when a thread is in none. */
    public long leastAge(long now) {
        return roster.leastAge(now);
    }

    public int queued() {
        return queue.size();
    }

    /** Threads that runs started and left behind, and that are still alive. */
    public int threadsLeftBehind() {
        return leftovers.threads();
    }

    /** Threads that are wanted, and that the system does not give. Asked for again every second. */
    public int missing() {
        return roster.missing();
    }

    public int lost() {
        return roster.lost().size();
    }

    /** Would a run be refused now? A hint, for refusing early what is costly to receive. */
    public boolean isFull() {
        return queue.isFull();
    }

    public int queueCapacity() {
        return queue.capacity();
    }

    public boolean isClosed() {
        return queue.isClosed();
    }

    public PoolSettings settings() {
        return settings;
    }

    /** Task types that are not to be run for now. Whoever admits runs looks there first. */
    public RefusedTasks refusedTasks() {
        return refusedTasks;
    }

    public PoolCounters counters() {
        return counters;
    }

    public RunIds runIds() {
        return runIds;
    }

    ThreadRoster roster() {
        return roster;
    }

    RunQueue queue() {
        return queue;
    }

    Watchdog watchdog() {
        return watchdog;
    }

    TerminationLog terminationLog() {
        return terminationLog;
    }

    Leftovers leftovers() {
        return leftovers;
    }

    OutputRate outputRate() {
        return outputRate;
    }

    FailureLog failures() {
        return failures;
    }
}
