package dev.workerpool.worker.access;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.util.function.Supplier;

/** Who was turned away, and how old the secrets are. */
final class AccessMeters {
    private final PrometheusRegistry registry;
    private final CounterDataPoint missing;
    private final CounterDataPoint unknown;
    private final CounterDataPoint plain;
    private final CounterDataPoint handshake;
    private final CounterDataPoint taken;
    private final CounterDataPoint failed;

    AccessMeters(PrometheusRegistry registry) {
        this.registry = registry;
        Counter refused = Counter.builder()
                .name("workerpool_access_refused_total")
                .help("Requests without a token or with an unknown one, plain ones where TLS is spoken, and connections"
                        + " on which it could not be agreed on")
                .labelNames("reason")
                .register(registry);
        missing = refused.labelValues("token-missing");
        unknown = refused.labelValues("token-unknown");
        plain = refused.labelValues("plain");
        handshake = refused.labelValues("handshake");
        Counter reloads = Counter.builder()
                .name("workerpool_access_reloads_total")
                .help(
                        "Certificates and tokens that were exchanged while the worker ran; those of outcome failed are not in"
                                + " force")
                .labelNames("outcome")
                .register(registry);
        taken = reloads.labelValues("taken");
        failed = reloads.labelValues("failed");
    }

    void tellExpiry(Supplier<Instant> notAfter) {
        GaugeWithCallback.builder()
                .name("workerpool_tls_not_after_timestamp_seconds")
                .help(
                        "When the certificate of the task port ends, or one by which it is trusted, in seconds since 1970")
                .callback(gauge -> gauge.call(notAfter.get().getEpochSecond()))
                .register(registry);
    }

    void refused(Verdict verdict) {
        (verdict == Verdict.MISSING ? missing : unknown).inc();
    }

    void refusedPlain() {
        plain.inc();
    }

    void handshakeFailed() {
        handshake.inc();
    }

    void reloaded(boolean inForce) {
        (inForce ? taken : failed).inc();
    }
}
