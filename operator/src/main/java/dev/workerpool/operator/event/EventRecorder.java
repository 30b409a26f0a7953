package dev.workerpool.operator.event;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_FORBIDDEN;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records occurrences as Events on their pool and as log lines, each once. The log line comes also where the Event cannot be
 * recorded.
 *
 * <p>An Event's name is made of what happened, so the API server itself refuses a second one, also from an operator that
 * has just started. Called again with everything that can still be seen, it tries again what it could not record before.
 * No pass waits for it, nor fails with it: after a start there may be thousands that the API server has already.
 */
public final class EventRecorder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.workerpool.events");

    /** The API server forgets Events after an hour; what is older than this must not come again as new. */
    static final Duration NEWS = Duration.ofMinutes(30);

    private static final int MAX_MESSAGE = 1024;
    private static final String WARNING = "Warning";

    /** What the operator is for is more urgent; and one that is long in coming must not hold up all others. */
    private static final int AT_A_TIME = 2;

    /** Of a pool. The next pass offers again what does not fit. */
    static final int MOST_WAITING = 200;

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final String component;
    private final String instance;
    private final Clock clock;
    private final Map<String, Pool> pools = new ConcurrentHashMap<>();
    private final Semaphore turns = new Semaphore(AT_A_TIME, true);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("events-", 0).factory());
    private volatile boolean forbidden;

    public EventRecorder(KubernetesClient client, String component, String instance, Clock clock) {
        this.client = client;
        this.component = component;
        this.instance = instance;
        this.clock = clock;
    }

    /** @param occurrences all that can be seen of the pool now */
    public void record(WorkerPool pool, Collection<Occurrence> occurrences) {
        pools.computeIfAbsent(pool.getMetadata().getUid(), _ -> new Pool(pool)).offer(occurrences);
    }

    /** What was seen of it and is not told yet, still is. */
    public void forget(WorkerPool pool) {
        pools.remove(pool.getMetadata().getUid());
    }

    /** What is to be told is told, if the API server is quick about it. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("Not all Events were recorded before the end: the next operator does it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
    }

    /** What is told of a pool, and what is to be told, in the order in which it was seen. One thread at a time tells it. */
    private final class Pool {

        private final Set<String> told = new HashSet<>();
        private final Set<String> onlyLogged = new HashSet<>();
        private final SequencedMap<String, Occurrence> waiting = new LinkedHashMap<>();
        private final ObjectReference pool;
        private boolean telling;

        private Pool(WorkerPool pool) {
            this.pool = new ObjectReferenceBuilder()
                    .withApiVersion(pool.getApiVersion())
                    .withKind(pool.getKind())
                    .withName(pool.getMetadata().getName())
                    .withNamespace(pool.getMetadata().getNamespace())
                    .withUid(pool.getMetadata().getUid())
                    .build();
        }

        private synchronized void offer(Collection<Occurrence> occurrences) {
            Instant oldest = clock.instant().minus(NEWS);
            Set<String> seen = new HashSet<>();
            for (Occurrence occurrence : occurrences) {
                String name = name(pool, occurrence);
                seen.add(name);
                if (occurrence.at().isBefore(oldest)) {
                    told.add(name);
                } else if (!told.contains(name) && waiting.size() < MOST_WAITING) {
                    waiting.putIfAbsent(name, occurrence);
                }
            }
            // What can no longer be seen need not be remembered.
            told.retainAll(seen);
            onlyLogged.retainAll(seen);
            if (!waiting.isEmpty() && !telling && !threads.isShutdown()) {
                telling = true;
                threads.execute(this::tell);
            }
        }

        private void tell() {
            for (var next = next(); next != null; next = next()) {
                turns.acquireUninterruptibly();
                try {
                    Event event = event(pool, next.getValue(), next.getKey());
                    if (done(next.getKey(), post(event))) {
                        log(event);
                    }
                } finally {
                    turns.release();
                }
            }
        }

        private synchronized Map.Entry<String, Occurrence> next() {
            telling = !waiting.isEmpty() && !Thread.currentThread().isInterrupted();
            return telling ? waiting.firstEntry() : null;
        }

        /**
         * What was not recorded is offered again by the next pass that sees it.
         *
         * @return whether it is to be logged now
         */
        private synchronized boolean done(String name, Outcome outcome) {
            waiting.remove(name);
            if (outcome == Outcome.RECORDED || outcome == Outcome.KNOWN) {
                told.add(name);
            }
            return switch (outcome) {
                case RECORDED -> !onlyLogged.remove(name);
                case FAILED -> onlyLogged.add(name);
                case KNOWN, LEFT -> false;
            };
        }
    }

    private enum Outcome {
        RECORDED,
        /** The API server had it, so an operator has logged it. */
        KNOWN,
        FAILED,
        /** To the operator that leads now. */
        LEFT
    }

    private Outcome post(Event event) {
        try {
            client.resource(event).create();
            forbidden = false;
            return Outcome.RECORDED;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HTTP_FORBIDDEN && !forbidden) {
                forbidden = true;
                LOG.warn("Events cannot be recorded: {}", e.getMessage());
            }
            if (e.getCode() == HTTP_CONFLICT) {
                return Outcome.KNOWN;
            }
            LOG.debug(
                    "Event {} of pool {} not recorded",
                    event.getReason(),
                    event.getInvolvedObject().getName(),
                    e);
            return Outcome.FAILED;
        } catch (IllegalStateException e) {
            // Held back, as this operator leads no longer.
            LOG.debug(
                    "Event {} of pool {} is left to the one who leads",
                    event.getReason(),
                    event.getInvolvedObject().getName(),
                    e);
            return Outcome.LEFT;
        }
    }

    private static void log(Event event) {
        String namespace = event.getInvolvedObject().getNamespace();
        String name = event.getInvolvedObject().getName();
        if (event.getType().equals(WARNING)) {
            LOG.warn("{} {}/{}: {}", event.getReason(), namespace, name, event.getMessage());
        } else {
            LOG.info("{} {}/{}: {}", event.getReason(), namespace, name, event.getMessage());
        }
    }

    private Event event(ObjectReference pool, Occurrence occurrence, String name) {
        String at = occurrence.at().toString();
        return new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(pool.getNamespace())
                .endMetadata()
                .withInvolvedObject(pool)
                .withType(occurrence.warning() ? WARNING : "Normal")
                .withReason(occurrence.reason())
                .withMessage(bounded(occurrence.message()))
                .withFirstTimestamp(at)
                .withLastTimestamp(at)
                .withCount(1)
                .withNewSource()
                .withComponent(component)
                .endSource()
                .withReportingComponent(component)
                .withReportingInstance(instance)
                .build();
    }

    private static String bounded(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + "…";
    }

    private static String name(ObjectReference pool, Occurrence occurrence) {
        String what = pool.getUid() + "/" + occurrence.reason() + "/" + occurrence.identity();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(what.getBytes(StandardCharsets.UTF_8));
            return pool.getName() + "." + HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
