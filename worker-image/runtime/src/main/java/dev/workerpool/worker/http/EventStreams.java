package dev.workerpool.worker.http;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the clients that follow runs. */
final class EventStreams {
    private final AtomicInteger open = new AtomicInteger();

    EventStreams(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("workerpool_event_streams")
                .help("Clients that follow a run by server-sent events")
                .callback(callback -> callback.call(open.get()))
                .register(registry);
    }

    void opened() {
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }
}
