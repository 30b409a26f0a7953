package dev.workerpool.worker.access;

import dev.workerpool.worker.io.Tls;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Who may call tasks, and how. What is mounted anew is in force within {@link #PAUSE}, for new connections and new requests;
 * what cannot be used changes nothing, and is told by log, metrics and {@code /status}. Thread-safe. Life cycle:
 * {@link #open}, {@link #watch}, {@link #close}.
 */
public final class Access implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Access.class.getName());

    /** How often is looked whether files have changed. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** A certificate that ends sooner is warned of when it is taken. */
    private static final Duration SOON = Duration.ofDays(7);

    private final AccessMeters meters;

    /** Null for plain HTTP. */
    private final Certificates certificates;

    private final List<Watched> watched = new ArrayList<>();
    private final Tls tls;
    private volatile Tokens tokens = Tokens.NONE_NEEDED;
    private Thread watcher;

    private Access(AccessSettings settings, Duration pause, PrometheusRegistry registry) throws InvalidAccessException {
        meters = new AccessMeters(registry);
        if (settings.tokens() != null) {
            watchTokens(settings.tokens());
        }
        certificates = settings.certificates() == null ? null : new Certificates();
        if (certificates == null) {
            tls = Tls.NONE;
        } else {
            watched.add(new Watched(
                    new MountedFiles(settings.certificates(), Identity.FILES), this::takeCertificates, meters));
            meters.tellExpiry(() -> certificates.inForce().notAfter());
            tls = Tls.of(certificates::toCaller, certificates::toPeer, meters::handshakeFailed, meters::refusedPlain);
        }
        if (!watched.isEmpty()) {
            watcher = Thread.ofPlatform().name("access").daemon().unstarted(() -> watch(pause));
        }
    }

    /** @throws InvalidAccessException when what there is cannot be used */
    public static Access open(AccessSettings settings, PrometheusRegistry registry) throws InvalidAccessException {
        return open(settings, PAUSE, registry);
    }

    /** @param pause between two looks at the files */
    static Access open(AccessSettings settings, Duration pause, PrometheusRegistry registry)
            throws InvalidAccessException {
        return new Access(settings, pause, registry);
    }

    private void watchTokens(Path file) throws InvalidAccessException {
        String name = file.getFileName().toString();
        Path folder = Objects.requireNonNullElse(file.getParent(), Path.of("."));
        watched.add(new Watched(
                new MountedFiles(folder, List.of(name)), content -> tokens = Tokens.parse(name, content), meters));
    }

    private void takeCertificates(Map<String, byte[]> content) throws InvalidAccessException {
        certificates.take(content);
        Identity identity = certificates.inForce();
        boolean ends = identity.notAfter().isBefore(Instant.now().plus(SOON));
        LOG.log(
                ends ? Level.WARNING : Level.INFO,
                "TLS on the task port as {0}, until {1}",
                String.join(", ", identity.names()),
                identity.notAfter());
    }

    /** From now on what is mounted anew is taken over. */
    public void watch() {
        if (watcher != null) {
            watcher.start();
        }
    }

    private void watch(Duration pause) {
        try {
            while (true) {
                Thread.sleep(pause);
                watched.forEach(Watched::look);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** How the task port is spoken with. */
    public Tls tls() {
        return tls;
    }

    public boolean needsToken() {
        return tokens != Tokens.NONE_NEEDED;
    }

    /** Looks at the header {@code Authorization}, null when there is none, and counts whoever may not call. */
    public Verdict verdict(String authorization) {
        Verdict verdict = tokens.verdict(authorization);
        if (verdict != Verdict.KNOWN) {
            meters.refused(verdict);
        }
        return verdict;
    }

    /** For {@code /status}; empty when anybody may call by plain HTTP. */
    public Map<String, Object> describe() {
        var described = new LinkedHashMap<String, Object>();
        if (certificates != null) {
            Identity identity = certificates.inForce();
            described.put(
                    "tls",
                    Map.of(
                            "names", List.copyOf(identity.names()),
                            "notAfter", identity.notAfter().toString()));
        }
        if (needsToken()) {
            described.put("tokens", tokens.size());
        }
        List<String> complaints = watched.stream()
                .map(Watched::complaint)
                .filter(Objects::nonNull)
                .toList();
        if (!complaints.isEmpty()) {
            described.put("notInForce", complaints);
        }
        return described;
    }

    @Override
    public void close() {
        if (watcher != null) {
            watcher.interrupt();
        }
        tls.close();
    }
}
