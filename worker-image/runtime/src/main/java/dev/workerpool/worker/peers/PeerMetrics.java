package dev.workerpool.worker.peers;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** What passes between replicas, counted. */
final class PeerMetrics {
    private final Map<PassReason, Map<PassOutcome, CounterDataPoint>> passes = new EnumMap<>(PassReason.class);
    private final Counter refused;
    private final Counter received;

    PeerMetrics(PrometheusRegistry registry, Peers peers) {
        Counter passed = Counter.builder()
                .name("workerpool_passes_total")
                .help("Requests passed to peers, by why and by what became of it")
                .labelNames("reason", "outcome")
                .register(registry);
        for (PassReason reason : PassReason.values()) {
            var outcomes = new EnumMap<PassOutcome, CounterDataPoint>(PassOutcome.class);
            for (PassOutcome outcome : PassOutcome.values()) {
                outcomes.put(outcome, passed.labelValues(reason.label(), outcome.label()));
            }
            passes.put(reason, outcomes);
        }
        received = Counter.builder()
                .name("workerpool_passes_received_total")
                .help("Runs that peers passed to this replica and that it took")
                .register(registry);
        refused = Counter.builder()
                .name("workerpool_peer_refused_total")
                .help("Requests that came as from a peer without the pool's token")
                .register(registry);
        gauge(registry, "workerpool_peers", "Other replicas known", peers::known);
        gauge(registry, "workerpool_peers_heard", "Peers whose load is known now", peers::heard);
        gauge(
                registry,
                "workerpool_peer_view_age_seconds",
                "Age of the oldest report of load in use",
                () -> peers.oldestView() / 1e9);
    }

    private static void gauge(PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    void passed(PassReason reason, PassOutcome outcome) {
        passes.get(reason).get(outcome).inc();
    }

    void received() {
        received.inc();
    }

    void refused() {
        refused.inc();
    }
}
