package dev.workerpool.worker.runs;

import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.DrainingException;
import dev.workerpool.worker.pool.Run;
import dev.workerpool.worker.pool.RunRejectedException;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.task.TaskEntry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The runs that can be found by their id: those in flight, and those that are over until their time is up or their room is
 * needed, the one that ended first going first. Promises that no run in flight is ever forgotten, and that bodies, events,
 * messages and results together keep to the limit: a run for which there is no room even without all that is over is
 * refused. Thread-safe.
 */
public final class RunStore {
    /** How a run comes into the pool. */
    @FunctionalInterface
    public interface Entrance {
        void admit(Run run) throws RunRejectedException;
    }

    private static final int MOST_ADOPTED = 10_000;

    private final TaskPool pool;
    private final RetentionSettings settings;
    private final InstantSource clock;
    private final RunMemory memory;
    private final RunCounters counters;

    /** Changed under the lock, read without. */
    private final Map<String, StoredRun> runs = new ConcurrentHashMap<>();

    /** Guarded by this. */
    private final Map<String, StoredRun> keys = new HashMap<>();

    /** Over and kept, in the order of their ends: those that other workers had come between our own. Guarded by this. */
    private final TreeSet<StoredRun> over =
            new TreeSet<>(Comparator.comparing(StoredRun::endedAt).thenComparing(StoredRun::id));

    /** The moves by which runs came to be done here, so that none is done again. */
    private final LatestIds<Boolean> adopted = new LatestIds<>(MOST_ADOPTED);

    private final Departures departures = new Departures(this);

    public RunStore(TaskPool pool, RetentionSettings settings, InstantSource clock, PrometheusRegistry registry) {
        this.pool = pool;
        this.settings = settings;
        this.clock = clock;
        this.memory = new RunMemory(settings.maxBytes());
        this.counters = new RunCounters(registry, this);
    }

    /**
     * Admits the run, or finds the one that the key names. Either way the caller has joined it and is to leave it again.
     *
     * @throws KeyConflictException when the key names a run that is made of something else
     * @throws RunsFullException when there is no room to keep it
     * @throws RunRejectedException when the pool does not admit it
     */
    public StoredRun submit(RunRequest request) throws KeyConflictException, RunsFullException, RunRejectedException {
        return submit(request, System.nanoTime(), pool::submit);
    }

    /**
     * As {@link #submit(RunRequest)}, for a run that comes into the pool in a way of its own.
     *
     * @param admittedAt when it came, as {@link System#nanoTime} tells
     */
    public synchronized StoredRun submit(RunRequest request, long admittedAt, Entrance entrance)
            throws KeyConflictException, RunsFullException, RunRejectedException {
        StoredRun known = request.key() == null ? null : keys.get(request.key().name());
        if (known != null) {
            if (!known.key().equals(request.key())) {
                throw new KeyConflictException(known.id());
            }
            if (!known.join()) {
                throw new DrainingException();
            }
            return known;
        }
        Instant createdAt = clock.instant().minusNanos(System.nanoTime() - admittedAt);
        var run = new StoredRun(this, pool.runIds().next(), request, createdAt, 0);
        long bytes = RetentionSettings.OVERHEAD;
        if (request.outlivesItsCallers()) {
            bytes += RunMemory.of(request.body().bytes());
        }
        admit(run, bytes, entrance);
        return run;
    }

    private void admit(StoredRun run, long bytes, Entrance entrance) throws RunsFullException, RunRejectedException {
        if (!makeRoom(bytes, null)) {
            throw new RunsFullException(bytes > memory.limit(), memory.limit());
        }
        charge(run, bytes);
        run.join();
        try {
            // Under the lock, which its end waits for on another thread. Nobody finds it before: one that is then
            // refused would be followed for ever, and its cancelling believed.
            entrance.admit(run.run());
        } catch (RunRejectedException e) {
            charge(run, 0);
            throw e;
        }
        register(run);
    }

    private void register(StoredRun run) {
        runs.put(run.id(), run);
        if (run.key() != null) {
            keys.putIfAbsent(run.key().name(), run);
        }
    }

    private void charge(StoredRun run, long bytes) {
        memory.charge(bytes - run.charged);
        run.charged = bytes;
    }

    /** @param heir the run that ended and is to stay, for which only earlier ones go; null when any may */
    private boolean makeRoom(long bytes, StoredRun heir) {
        if (bytes > memory.limit()) {
            return false;
        }
        while (!memory.hasRoom(bytes)
                && !over.isEmpty()
                && (heir == null || over.comparator().compare(over.first(), heir) < 0)) {
            evict(RunCounters.Eviction.BYTES);
        }
        return memory.hasRoom(bytes);
    }

    private void evict(RunCounters.Eviction why) {
        forget(over.pollFirst());
        counters.evicted(why);
    }

    private void forget(StoredRun run) {
        runs.remove(run.id());
        releaseKey(run);
        charge(run, 0);
    }

    private void releaseKey(StoredRun run) {
        if (run.key() != null) {
            keys.remove(run.key().name(), run);
        }
    }

    /** The run is over: from now on it is kept as long as there is time and room. */
    synchronized void ended(StoredRun run, EndedRun ended) {
        run.settle(ended);
        if (ended.freesKey()) {
            releaseKey(run);
        }
        keep(run);
    }

    private void keep(StoredRun run) {
        long bytes = RetentionSettings.OVERHEAD + run.events().bytes() + run.settled.resultBytes();
        charge(run, 0);
        run.events().uncharge();
        if (!makeRoom(bytes, run)) {
            forget(run);
            counters.evicted(RunCounters.Eviction.BYTES);
            return;
        }
        charge(run, bytes);
        over.add(run);
        if (over.size() > settings.maxRuns()) {
            evict(RunCounters.Eviction.NUMBER);
        }
    }

    /** Forgets what is over for too long, and what events of runs in flight have left no room for. To be called now and then. */
    public synchronized void sweep() {
        Instant latest = clock.instant().minus(settings.period());
        while (!over.isEmpty() && !over.first().endedAt().isAfter(latest)) {
            evict(RunCounters.Eviction.AGE);
        }
        makeRoom(0, null);
    }

    /** @return null when there is no such run (any more) */
    public StoredRun find(String id) {
        return runs.get(id);
    }

    /** Is there a run under the key? */
    public synchronized boolean knows(String key) {
        return keys.containsKey(key);
    }

    /** Was there once a run with this id that is forgotten now, or never was kept because its caller waited for it? */
    public boolean isGone(String id) {
        return !runs.containsKey(id) && (pool.runIds().gave(id) || isOfEarlierWorker(id));
    }

    /** Was the run given to an earlier worker of this replica? That one may have handed it over. */
    public boolean isOfEarlierWorker(String id) {
        return pool.runIds().gaveBefore(id);
    }

    /** Sends a message to the run. Never waits. */
    public Delivery send(StoredRun run, Content message) {
        int size = RunMemory.of(message.bytes());
        synchronized (this) {
            if (!makeRoom(size, null)) {
                return run.ended() == null ? Delivery.FULL : Delivery.CLOSED;
            }
            memory.charge(size);
        }
        Delivery delivery = run.deliver(message);
        if (delivery != Delivery.ACCEPTED) {
            memory.release(size);
        }
        return delivery;
    }

    /** The ids of all that is over and kept, in the order of their ends. @param wanted which of them to tell */
    public synchronized List<String> retained(Predicate<String> wanted) {
        return over.stream().map(StoredRun::id).filter(wanted).toList();
    }

    /** What there is of a run that is over and kept, for another worker to {@link #adopt}. @return null when it is not kept */
    public synchronized RetainedRun retained(String id) {
        StoredRun run = runs.get(id);
        return run == null || run.settled == null ? null : run.retained();
    }

    /** Answers from now on for a run that another worker had, as long as for its own. */
    public synchronized Adoption adopt(RetainedRun retained) {
        StoredRun here = runs.get(retained.ended().id());
        if (here != null) {
            return known(here);
        }
        if (!retained.ended().endedAt().plus(settings.period()).isAfter(clock.instant())) {
            return Adoption.EXPIRED;
        }
        var run = new StoredRun(this, retained);
        register(run);
        keep(run);
        if (!run.isKept()) {
            return Adoption.NO_ROOM;
        }
        departures.returned(run.id());
        return Adoption.ADOPTED;
    }

    /**
     * Does a run that waited at another worker, once however often that brings it.
     *
     * @param maxQueued it may wait only while fewer than so many do
     * @throws RunsFullException when there is no room to keep it
     * @throws RunRejectedException when the pool does not admit it
     */
    public synchronized Adoption adopt(WaitingRun waiting, TaskEntry task, int maxQueued)
            throws RunsFullException, RunRejectedException {
        StoredRun here = runs.get(waiting.id());
        if (adopted.get(waiting.move()) != null) {
            return Adoption.KNOWN;
        } else if (here != null) {
            return known(here);
        }
        var request = new RunRequest(task, waiting.body(), waiting::parameters, waiting.options(), true, waiting.key());
        var run = new StoredRun(this, waiting.id(), request, waiting.createdAt(), waiting.moves());
        long admittedAt = System.nanoTime() - waiting.waited().toNanos();
        long bytes = RetentionSettings.OVERHEAD + RunMemory.of(waiting.body().bytes());
        admit(run, bytes, admitted -> pool.submitPassed(admitted, admittedAt, maxQueued));
        run.leave();
        adopted.put(waiting.move(), true);
        departures.returned(run.id());
        return Adoption.ADOPTED;
    }

    /** One that is on its way from here is about to be forgotten: nobody may rely on it. */
    private static Adoption known(StoredRun here) {
        return here.isLeaving() ? Adoption.LEAVING : Adoption.KNOWN;
    }

    /** @param name of a run: is it here to stay? Or of a {@link WaitingRun#move}: did the run come here by it? */
    public synchronized boolean hasAdopted(String name) {
        StoredRun here = runs.get(name);
        return here != null && !here.isLeaving() || adopted.get(name) != null;
    }

    synchronized void forgetDeparted(StoredRun run) {
        forget(run);
    }

    public Departures departures() {
        return departures;
    }

    public RetentionSettings settings() {
        return settings;
    }

    /** Runs over and kept. */
    public synchronized int retained() {
        return over.size();
    }

    /** What all runs, in flight or over, keep in memory. */
    public long bytes() {
        return memory.used();
    }

    RunMemory memory() {
        return memory;
    }

    TaskPool pool() {
        return pool;
    }

    String replica() {
        return pool.settings().replica();
    }
}
