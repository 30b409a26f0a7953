package dev.workerpool.operator.event;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_FORBIDDEN;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records occurrences as Events on their pool and as log lines, each once.
 *
 * <p>An Event's name is made of what happened, so the API server itself refuses a second one, also from an operator that
 * has just started. Called again with everything that can still be seen, it tries again what it could not record before.
 * A failure to record is never a failure of the pass.
 */
public final class EventRecorder {

    private static final Logger LOG = LoggerFactory.getLogger("dev.workerpool.events");

    /** The API server forgets Events after an hour; what is older than this must not come again as new. */
    static final Duration NEWS = Duration.ofMinutes(30);

    private static final int MAX_MESSAGE = 1024;

    private final KubernetesClient client;
    private final String component;
    private final String instance;
    private final Clock clock;
    private final Map<String, Set<String>> recorded = new ConcurrentHashMap<>();
    private volatile boolean forbidden;

    public EventRecorder(KubernetesClient client, String component, String instance, Clock clock) {
        this.client = client;
        this.component = component;
        this.instance = instance;
        this.clock = clock;
    }

    /** @param occurrences all that can be seen of the pool now */
    public void record(WorkerPool pool, Collection<Occurrence> occurrences) {
        Set<String> known = recorded.getOrDefault(pool.getMetadata().getUid(), Set.of());
        Instant oldest = clock.instant().minus(NEWS);
        Set<String> told = new HashSet<>();
        for (Occurrence occurrence : occurrences) {
            String name = name(pool, occurrence);
            boolean old = occurrence.at().isBefore(oldest);
            if (old || known.contains(name) || post(pool, occurrence, name)) {
                told.add(name);
            }
        }
        // What can no longer be seen need not be remembered.
        recorded.put(pool.getMetadata().getUid(), told);
    }

    public void forget(WorkerPool pool) {
        recorded.remove(pool.getMetadata().getUid());
    }

    /** @return whether the API server has the Event now */
    private boolean post(WorkerPool pool, Occurrence occurrence, String name) {
        try {
            client.resource(event(pool, occurrence, name)).create();
            forbidden = false;
            log(pool, occurrence);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HTTP_FORBIDDEN && !forbidden) {
                forbidden = true;
                LOG.warn("Events cannot be recorded: {}", e.getMessage());
            }
            if (e.getCode() == HTTP_CONFLICT) {
                return true;
            }
            LOG.debug(
                    "Event {} of pool {} not recorded",
                    occurrence.reason(),
                    pool.getMetadata().getName(),
                    e);
            return false;
        }
    }

    private static void log(WorkerPool pool, Occurrence occurrence) {
        String namespace = pool.getMetadata().getNamespace();
        String name = pool.getMetadata().getName();
        if (occurrence.warning()) {
            LOG.warn("{} {}/{}: {}", occurrence.reason(), namespace, name, occurrence.message());
        } else {
            LOG.info("{} {}/{}: {}", occurrence.reason(), namespace, name, occurrence.message());
        }
    }

    private Event event(WorkerPool pool, Occurrence occurrence, String name) {
        String at = occurrence.at().toString();
        return new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(pool.getMetadata().getNamespace())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(pool.getApiVersion())
                .withKind(pool.getKind())
                .withName(pool.getMetadata().getName())
                .withNamespace(pool.getMetadata().getNamespace())
                .withUid(pool.getMetadata().getUid())
                .endInvolvedObject()
                .withType(occurrence.warning() ? "Warning" : "Normal")
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

    private static String name(WorkerPool pool, Occurrence occurrence) {
        String what = pool.getMetadata().getUid() + "/" + occurrence.reason() + "/" + occurrence.identity();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(what.getBytes(StandardCharsets.UTF_8));
            return pool.getMetadata().getName() + "." + HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
