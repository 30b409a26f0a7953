package dev.workerpool.operator.control;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.LiveSettings;
import dev.workerpool.operator.desired.Release;
import dev.workerpool.operator.report.ReplicaReports;
import dev.workerpool.operator.report.Turns;
import dev.workerpool.operator.report.Worker;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.SettingsInForce;
import dev.workerpool.operator.status.Told;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Brings every running replica to the settings of its pool, and keeps at it until it runs them.
 *
 * <p>Level-triggered: each pass names the replicas and what they should run; one that runs older settings, by its own word,
 * is told at once, in {@link Turns}, and again with growing pauses while it does not answer or refuses. A change of the
 * settings ends the pause. One that cannot even be reached is left to the reports, which have its pool looked at when it
 * answers. What a replica answers to its settings goes to the reports, too.
 */
public final class SettingsChannel implements AutoCloseable {

    private final ControlKey key;
    private final ReplicaReports reports;
    private final Map<Worker, Line> lines = new ConcurrentHashMap<>();
    private final Map<ResourceID, Set<Worker>> pools = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("settings-", 0).factory());
    private final SettingsClient client;
    private final Line.Means means;

    /**
     * @param peers where the lists come from that are among the sections
     * @param turns shared with all that talk to replicas
     */
    public SettingsChannel(ControlKey key, PeerLists peers, int managementPort, ReplicaReports reports, Turns turns) {
        this.key = key;
        this.reports = reports;
        this.client = new SettingsClient(threads, managementPort);
        this.means = new Line.Means(key, new TokenSigner(Clock.systemUTC()), client, turns, reports, peers);
    }

    /**
     * From now on exactly these replicas are brought to what the pool says now. Returns at once. Those that leave are told too
     * when the sections change: a replica that drains has runs to bring to its peers, and those that it knows may leave as well.
     *
     * @param sections what else they are to know, by the name of the field: told again whenever it changes. None of it is
     *     taken back by leaving it out
     */
    public void bring(WorkerPool pool, Collection<Replica> replicas, Map<String, ?> sections) {
        ResourceID id = ResourceID.fromResource(pool);
        long generation = pool.getMetadata().getGeneration();
        Set<Worker> now = new HashSet<>();
        Map<LiveSettings, Message> messages = new HashMap<>();
        for (Replica replica : replicas) {
            Optional<Worker> worker = Worker.of(replica).filter(_ -> replica.isRunning() || replica.isLeaving());
            boolean listens = key.trustedBy(replica.environment()).isPresent();
            if (worker.isEmpty() || !listens || replica.address().isEmpty()) {
                continue;
            }
            now.add(worker.get());
            Line line = lines.get(worker.get());
            LiveSettings settings = LiveSettings.of(pool, replica.cpu().given());
            boolean knows = sections.isEmpty() || (line != null && line.knows(sections));
            boolean runs =
                    replica.isLeaving() || runs(replica) >= generation && hasThreads(replica, settings.threads());
            if (!runs || !knows) {
                lines.computeIfAbsent(worker.get(), key -> new Line(means, key, id, replica))
                        .tell(messages.computeIfAbsent(settings, one -> Message.of(pool, one, sections)));
            }
        }
        Set<Worker> before =
                Objects.requireNonNullElse(now.isEmpty() ? pools.remove(id) : pools.put(id, now), Set.of());
        before.stream().filter(worker -> !now.contains(worker)).forEach(this::hangUp);
    }

    /** What they run by their own word, and what those said that refused. */
    public Told told(Release release, Collection<Replica> replicas) {
        Map<String, SettingsInForce> inForce = new HashMap<>();
        Map<String, String> refusals = new HashMap<>();
        for (Replica replica : replicas) {
            reports.settings(replica).ifPresent(settings -> inForce.put(replica.uid(), settings));
            Worker.of(replica)
                    .map(lines::get)
                    .flatMap(Line::refusal)
                    .ifPresent(refusal -> refusals.put(replica.uid(), refusal));
        }
        return new Told(release, inForce, refusals);
    }

    public void forget(WorkerPool pool) {
        Set<Worker> workers = pools.remove(ResourceID.fromResource(pool));
        if (workers != null) {
            workers.forEach(this::hangUp);
        }
    }

    private long runs(Replica replica) {
        return reports.settings(replica).map(SettingsInForce::generation).orElseGet(replica.environment()::generation);
    }

    /** Its node may give it CPU at any time, and its threads follow that. */
    private boolean hasThreads(Replica replica, int threads) {
        int inForce = reports.settings(replica).map(SettingsInForce::threads).orElseGet(replica.environment()::threads);
        return inForce == threads || inForce == 0;
    }

    private void hangUp(Worker worker) {
        Line line = lines.remove(worker);
        if (line != null) {
            line.hangUp();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        client.close();
    }
}
