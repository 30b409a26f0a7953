package dev.workerpool.operator.report;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.report.Turns.Outcome;
import dev.workerpool.operator.report.Turns.Prospect;
import dev.workerpool.operator.status.Load;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.Replica.State;
import dev.workerpool.operator.status.SettingsInForce;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Keeps the last report of each replica, and wakes the pool's reconciliation when one changes.
 *
 * <p>Each pass names the replicas to follow; a replica is asked as soon as its worker runs, once more when it turns Ready
 * unheard, and then at an interval that grows with their number, in {@link Turns}. One that does not answer has no report:
 * that alone is no trouble, for the kubelet's probes see to it. One that cannot even be reached is asked ever less often.
 */
public final class ReplicaReports extends AbstractEventSource<ReplicaReport, WorkerPool>
        implements ResourceEventAware<WorkerPool> {

    /** A load that is older says nothing of now. */
    public static final Duration FRESH = Duration.ofSeconds(5);

    private final Map<Worker, Followed> workers = new ConcurrentHashMap<>();
    private final Map<ResourceID, Set<Worker>> pools = new ConcurrentHashMap<>();
    private final Map<ResourceID, LongAdder> rejected = new ConcurrentHashMap<>();
    private final Turns turns;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("replica-report-", 0).factory());
    private final ReplicaClient client;
    private final Consumer<WorkerPool> onDeleted;
    private final Instant beginning;

    /**
     * @param turns shared with all that talk to replicas
     * @param onDeleted told when a pool is gone, so that nothing of it need be remembered
     */
    public ReplicaReports(int managementPort, Turns turns, Clock clock, Consumer<WorkerPool> onDeleted) {
        super(ReplicaReport.class, "replica-reports");
        this.turns = turns;
        this.client = new ReplicaClient(threads, managementPort);
        this.onDeleted = onDeleted;
        this.beginning = clock.instant();
    }

    /** From now on exactly these replicas of the pool are followed. */
    public void follow(WorkerPool pool, Collection<Replica> replicas) {
        ResourceID id = ResourceID.fromResource(pool);
        Duration interval = AskingPace.interval(pool);
        Set<Worker> now = new HashSet<>();
        for (Replica replica : replicas) {
            if (replica.isRunning()) {
                Worker.of(replica).map(Worker::first).ifPresent(worker -> {
                    now.add(worker);
                    start(worker, id, replica, interval);
                });
            }
        }
        Set<Worker> before =
                Objects.requireNonNullElse(now.isEmpty() ? pools.remove(id) : pools.put(id, now), Set.of());
        before.stream().filter(worker -> !now.contains(worker)).forEach(workers::remove);
    }

    /** The load of all its replicas, as they last told. */
    public Load load(ResourceID pool) {
        return pools.getOrDefault(pool, Set.of()).stream()
                .map(workers::get)
                .filter(Objects::nonNull)
                .map(followed -> followed.last)
                .filter(Objects::nonNull)
                .map(ReplicaAnswer::load)
                .reduce(Load.NONE, Load::plus);
    }

    /** What the replica told of its load in the last seconds; empty when it told nothing. */
    public Optional<Load> freshLoad(Replica replica) {
        return followed(replica)
                .filter(followed -> System.nanoTime() - followed.lastAt < FRESH.toNanos())
                .map(followed -> followed.last)
                .map(ReplicaAnswer::load);
    }

    /** Tasks its replicas were seen to refuse, those of replicas that are gone included. */
    public long rejected(ResourceID pool) {
        LongAdder sum = rejected.get(pool);
        return sum == null ? 0 : sum.sum();
    }

    /** Asks now, all of them at a time. Those that do not answer within the limit are left out. */
    public Map<String, Load> loadsNow(Collection<Replica> replicas, Duration limit) {
        Map<String, Load> loads = new ConcurrentHashMap<>();
        List<Callable<Object>> questions = replicas.stream()
                .filter(replica -> replica.address().isPresent())
                .map(replica ->
                        Executors.callable(() -> loadNow(replica).ifPresent(load -> loads.put(replica.uid(), load))))
                .toList();
        try {
            threads.invokeAll(questions, limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Map.copyOf(loads);
    }

    private Optional<Load> loadNow(Replica replica) {
        try {
            return Optional.of(client.status(replica.address().orElseThrow()).load());
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    public Optional<ReplicaReport> of(Replica replica) {
        return followed(replica).map(followed -> followed.report);
    }

    /** With which settings it runs; empty before it said so. */
    public Optional<SettingsInForce> settings(Replica replica) {
        return followed(replica).flatMap(Followed::settings);
    }

    /** The same replicas, with what their workers tell of those that were in their containers before. */
    public List<Replica> completed(Collection<Replica> replicas) {
        return replicas.stream()
                .map(replica -> of(replica)
                        .map(ReplicaReport::deaths)
                        .map(replica::with)
                        .orElse(replica))
                .toList();
    }

    private Optional<Followed> followed(Replica replica) {
        return Worker.of(replica).map(Worker::first).map(workers::get);
    }

    /** A worker said so otherwise than by its report. */
    public void note(Worker worker, SettingsInForce settings) {
        Followed followed = workers.get(worker.first());
        if (followed != null && followed.restarts() == worker.restartInPlace() && followed.note(settings)) {
            wake(followed.pool);
        }
    }

    /** Whether it could not even be reached when it was last asked. */
    public boolean isSilent(Worker worker) {
        Followed followed = workers.get(worker.first());
        return followed != null && followed.silences > 0;
    }

    /** Whether it may let one wait, as one that is starting does. */
    public boolean isSlow(Worker worker) {
        Followed followed = workers.get(worker.first());
        return followed != null && followed.slow;
    }

    /** Somebody waited for its answer in vain. */
    public void foundSlow(Worker worker) {
        Followed followed = workers.get(worker.first());
        if (followed != null) {
            followed.slow = true;
        }
    }

    /**
     * Somebody has something to tell it, and need not try while it is silent here too: its pool is looked at as soon as it
     * answers.
     *
     * @return false when it is not silent, as far as is known here
     */
    public boolean takeOver(Worker worker) {
        Followed followed = workers.get(worker.first());
        return followed != null && followed.missWhileSilent();
    }

    /** Has the pool looked at again soon. */
    public void wake(ResourceID pool) {
        if (isRunning()) {
            getEventHandler().handleEvent(new Event(pool));
        }
    }

    private void start(Worker worker, ResourceID pool, Replica replica, Duration interval) {
        if (!isRunning() || replica.address().isEmpty()) {
            return;
        }
        Followed before = workers.get(worker);
        if (before == null) {
            begin(worker, follow(worker, pool, replica, interval));
        } else if (turnsReadyUnheard(before, replica) || !before.interval.equals(interval)) {
            begin(worker, before.at(interval));
        }
    }

    /** What waits to be asked of the same worker, in a pause or behind others, is left out when its turn comes. */
    private void begin(Worker worker, Followed followed) {
        workers.put(worker, followed);
        takeTurn(worker, followed);
    }

    /** Then it answers, and need wait neither for the end of a pause that grew while it did not, nor behind those that do not. */
    private static boolean turnsReadyUnheard(Followed followed, Replica replica) {
        boolean isReady = replica.state() == State.READY;
        boolean turns = isReady && !followed.ready;
        followed.ready = isReady;
        followed.slow &= !turns;
        return turns && followed.report == null;
    }

    /** What a worker refused that was there before, an operator before this one has counted. */
    private Followed follow(Worker worker, ResourceID pool, Replica replica, Duration interval) {
        var followed = new Followed(
                pool, replica.address().get(), interval, worker.startedAt().isBefore(beginning) ? Followed.UNKNOWN : 0);
        followed.ready = replica.state() == State.READY;
        followed.slow = !followed.ready;
        return followed;
    }

    private void takeTurn(Worker worker, Followed followed) {
        var prospect = new Prospect(followed.silences, followed.report != null, followed.slow);
        turns.take(prospect, () -> keepAsking(worker, followed));
    }

    private Outcome keepAsking(Worker worker, Followed followed) {
        if (!isRunning() || workers.get(worker) != followed) {
            return Outcome.LEFT_OUT;
        }
        try {
            ask(worker, followed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.LEFT_OUT;
        }
        followed.pause = AskingPace.pause(followed, workers.size());
        turns.after(followed.pause, () -> takeTurn(worker, followed));
        return followed.silences == 0 ? Outcome.REACHED : Outcome.SILENT;
    }

    private void ask(Worker worker, Followed followed) throws InterruptedException {
        try {
            ReplicaAnswer answer = client.status(followed.address);
            followed.silences = 0;
            followed.slow = false;
            if (workers.get(worker) != followed) {
                // It is asked anew, and its answer to that is counted.
                return;
            }
            if (followed.restarts() != answer.report().restarts()) {
                followed.beginAnew();
            }
            count(followed, answer);
            boolean news = !answer.report().equals(followed.report);
            followed.report = answer.report();
            if (answer.settings().filter(followed::note).isPresent() || news || followed.wasMissed()) {
                wake(followed.pool);
            }
        } catch (IOException e) {
            // No answer is not news: what it said before still holds, for the same worker.
            followed.silences = Turns.isSilence(e) ? followed.silences + 1 : 0;
            followed.slow |= Turns.isSlowness(e);
            if (followed.silences == 0 && followed.wasMissed()) {
                wake(followed.pool);
            }
        }
    }

    private void count(Followed followed, ReplicaAnswer answer) {
        followed.lastAt = System.nanoTime();
        followed.last = followed.last == null ? answer : answer.since(followed.last);
        rejected.computeIfAbsent(followed.pool, pool -> new LongAdder()).add(followed.count(answer.rejected()));
    }

    /** Deleted and made again while nobody watched, a pool looks like one that changed. */
    @Override
    public void onResourceUpdated(WorkerPool present, WorkerPool before) {
        if (!present.getMetadata().getUid().equals(before.getMetadata().getUid())) {
            onResourceDeleted(before);
        }
    }

    @Override
    public void onResourceDeleted(WorkerPool pool) {
        follow(pool, List.of());
        rejected.remove(ResourceID.fromResource(pool));
        onDeleted.accept(pool);
    }

    @Override
    public Set<ReplicaReport> getSecondaryResources(WorkerPool pool) {
        return Set.of();
    }

    @Override
    public void stop() {
        super.stop();
        threads.shutdownNow();
        client.close();
    }
}
