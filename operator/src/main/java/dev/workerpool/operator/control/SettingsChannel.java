package dev.workerpool.operator.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.control.SettingsClient.Answer;
import dev.workerpool.operator.control.SettingsClient.RefusedException;
import dev.workerpool.operator.desired.LiveEnvironment;
import dev.workerpool.operator.desired.LiveSettings;
import dev.workerpool.operator.desired.Release;
import dev.workerpool.operator.report.ReplicaReports;
import dev.workerpool.operator.report.Turns;
import dev.workerpool.operator.report.Worker;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.SettingsInForce;
import dev.workerpool.operator.status.Told;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings every running replica to the settings of its pool, and keeps at it until it runs them.
 *
 * <p>Level-triggered: each pass names the replicas and what they should run; one that runs older settings, by its own word,
 * is told at once, in {@link Turns}, and again with growing pauses while it does not answer or refuses. A change of the
 * settings ends the pause. One that cannot even be reached is left to the reports, which have its pool looked at when it
 * answers. What a replica answers to its settings goes to the reports, too.
 */
public final class SettingsChannel implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsChannel.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    /** A worker that starts answers within a second or two; what does not answer for longer is in trouble or cut off. */
    private static final Duration PAUSE_AT_FIRST = Duration.ofMillis(500);

    private static final int AT_FIRST = 20;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** So often silent, it is only asked how it is, and told when it answers: thousands need not be tried twice each. */
    private static final int LEFT_TO_REPORTS = 3;

    private record Message(String pool, long generation, Map<String, ?> sections, String body) {}

    private final ControlKey key;
    private final PeerLists peers;
    private final ReplicaReports reports;
    private final TokenSigner signer = new TokenSigner(Clock.systemUTC());
    private final Map<Worker, Line> lines = new ConcurrentHashMap<>();
    private final Map<ResourceID, Set<Worker>> pools = new ConcurrentHashMap<>();
    private final Turns turns;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("settings-", 0).factory());
    private final SettingsClient client;

    /**
     * @param peers where the lists come from that are among the sections
     * @param turns shared with all that talk to replicas
     */
    public SettingsChannel(ControlKey key, PeerLists peers, int managementPort, ReplicaReports reports, Turns turns) {
        this.key = key;
        this.peers = peers;
        this.turns = turns;
        this.reports = reports;
        this.client = new SettingsClient(threads, managementPort);
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
                lines.computeIfAbsent(worker.get(), key -> new Line(key, id, replica))
                        .tell(messages.computeIfAbsent(settings, one -> message(pool, one, sections)));
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
                    .map(line -> line.refusal)
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

    private static Message message(WorkerPool pool, LiveSettings settings, Map<String, ?> sections) {
        long generation = pool.getMetadata().getGeneration();
        Map<String, Object> message = settings.message(generation);
        message.putAll(sections);
        try {
            String uid = pool.getMetadata().getUid();
            return new Message(uid, generation, Map.copyOf(sections), JSON.writeValueAsString(message));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts and numbers", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        client.close();
    }

    /** The way to one worker. While there is something to tell, an attempt is under way, in the queue or due after a pause. */
    private final class Line {

        private final Worker worker;
        private final ResourceID pool;
        private final String name;
        private final String address;
        private final String audience;
        private final LiveEnvironment environment;
        private volatile String refusal;
        private volatile Map<String, ?> known = Map.of();
        private volatile int silences;
        private Message target;
        private int attempts;
        private boolean telling;
        private boolean open = true;
        private Future<?> again = CompletableFuture.completedFuture(null);

        private Line(Worker worker, ResourceID pool, Replica replica) {
            this.worker = worker;
            this.pool = pool;
            this.name = replica.name();
            this.address = replica.address().orElseThrow();
            this.environment = replica.environment();
            this.audience = pool.getNamespace().orElse("") + "/" + replica.name() + "/" + replica.uid();
        }

        private boolean knows(Map<String, ?> sections) {
            return known.equals(sections);
        }

        private synchronized void tell(Message message) {
            boolean news = !message.equals(target);
            target = message;
            // News end a pause; an attempt that waits for its turn takes them along.
            if (!telling || (news && again.cancel(false))) {
                telling = true;
                attempts = 0;
                turns.take(silences, this::attempt);
            }
        }

        private synchronized void hangUp() {
            open = false;
            again.cancel(false);
        }

        private void attempt() {
            Message told = target();
            if (told == null) {
                return;
            }
            try {
                goOn(told, isTold(told));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized Message target() {
            return open ? target : null;
        }

        private synchronized void goOn(Message told, boolean done) {
            boolean news = !told.equals(target);
            telling = open && (news || (!done && silences < LEFT_TO_REPORTS));
            if (telling && news) {
                attempts = 0;
                turns.take(silences, this::attempt);
            } else if (telling) {
                Duration pause = silences > 0 ? Turns.pause(silences) : pause(attempts++);
                again = turns.after(pause, () -> turns.take(silences, this::attempt));
            } else if (open && !done) {
                reports.missed(worker);
            }
        }

        private static Duration pause(int attempt) {
            Duration longest = attempt < AT_FIRST ? PAUSE_AT_FIRST : LONGEST_PAUSE;
            Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt, 10));
            return pause.compareTo(longest) < 0 ? pause : longest;
        }

        private boolean isTold(Message message) throws InterruptedException {
            Optional<SigningKey> signingKey = key.trustedBy(environment);
            if (signingKey.isEmpty()) {
                return false;
            }
            try {
                byte[] body = message.body().getBytes(StandardCharsets.UTF_8);
                Answer answer = client.put(address, signer.sign(signingKey.get(), audience, body), body);
                silences = 0;
                refusal = null;
                if (answer.applied()) {
                    known = message.sections();
                }
                outbid(message, answer.peers());
                reports.note(worker, answer.inForce());
                return answer.inForce().generation() >= message.generation();
            } catch (RefusedException e) {
                silences = 0;
                refused(message, e.getMessage());
                return false;
            } catch (IOException e) {
                silences = Turns.isSilence(e) ? silences + 1 : 0;
                LOG.debug("Replica {} was not told generation {}", name, message.generation(), e);
                return false;
            }
        }

        private void outbid(Message message, long peersKnown) {
            if (peersKnown > PeerLists.version(message.sections())) {
                LOG.info("Replica {} knows a later list of peers than it was told: it is told anew", name);
                peers.outbid(message.pool(), peersKnown);
                reports.wake(pool);
            }
        }

        private void refused(Message message, String text) {
            if (!text.equals(refusal)) {
                refusal = text;
                LOG.warn("Replica {} refuses the settings of generation {}: {}", name, message.generation(), text);
                reports.wake(pool);
            }
        }
    }
}
