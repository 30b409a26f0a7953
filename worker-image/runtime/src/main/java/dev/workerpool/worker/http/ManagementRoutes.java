package dev.workerpool.worker.http;

import dev.workerpool.worker.control.ControlChannel;
import dev.workerpool.worker.control.SettingsDescription;
import dev.workerpool.worker.http.WorkerInfo.State;
import dev.workerpool.worker.pool.LiveSettings;
import dev.workerpool.worker.pool.PastDeath;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.pool.ThreadStatus;
import dev.workerpool.worker.task.Artifact;
import dev.workerpool.worker.task.TaskCatalog;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The management port: health for the kubelet, metrics for Prometheus, status for people and the operator. That it answers
 * at all says that the event loops are alive, which is all that liveness asks.
 */
final class ManagementRoutes implements Routes {
    private static final Set<String> PATHS =
            Set.of("/health/started", "/health/ready", "/health/live", "/metrics", "/status");

    private final WorkerInfo info;
    private final TaskCatalog catalog;
    private final TaskPool pool;
    private final Supplier<MetricSnapshots> metrics;
    private final SettingsRoutes settings;
    private final PrometheusTextFormatWriter writer =
            PrometheusTextFormatWriter.builder().build();

    ManagementRoutes(
            WorkerInfo info,
            TaskCatalog catalog,
            TaskPool pool,
            ControlChannel control,
            Supplier<MetricSnapshots> metrics) {
        this.info = info;
        this.catalog = catalog;
        this.pool = pool;
        this.metrics = metrics;
        this.settings = new SettingsRoutes(control);
    }

    @Override
    public Response refuse(Request request) {
        if (request.path().equals(SettingsRoutes.PATH)) {
            return settings.refuse(request);
        }
        if (!PATHS.contains(request.path())) {
            return Problem.NOT_FOUND.because(
                    "There are /health/started, /health/ready, /health/live, /metrics, /settings, /status");
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return Problem.METHOD_NOT_ALLOWED.because("Allowed: GET, HEAD").with("Allow", "GET, HEAD");
        }
        return null;
    }

    @Override
    public void handle(Request request, ByteBuffer body, Exchange exchange) {
        if (request.path().equals(SettingsRoutes.PATH)) {
            settings.handle(request, body, exchange);
            return;
        }
        exchange.respond(
                switch (request.path()) {
                    case "/health/started" -> health(info.state() != State.STARTING);
                    case "/health/ready" -> health(info.state() == State.READY);
                    case "/health/live" -> health(true);
                    case "/metrics" -> metrics();
                    default -> Response.json(200, status());
                });
    }

    private Response health(boolean up) {
        return Response.json(up ? 200 : 503, Map.of("state", info.state().text()));
    }

    private Response metrics() {
        var text = new ByteArrayOutputStream(16 * 1024);
        try {
            writer.write(text, metrics.get());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Response(200, writer.getContentType(), ByteBuffer.wrap(text.toByteArray()));
    }

    private Map<String, Object> status() {
        var threads = pool.status();
        var status = new LinkedHashMap<String, Object>();
        status.put("pool", info.pool());
        status.put("replica", info.replica());
        status.put("version", info.version());
        status.put("state", info.state().text());
        LiveSettings inForce = pool.live();
        status.put("generation", inForce.generation());
        status.put("settings", SettingsDescription.withoutConfig(inForce));
        status.put("threads", threads.stream().map(ManagementRoutes::thread).toList());
        status.put(
                "restarts",
                info.deaths().isEmpty() ? 0 : info.deaths().getLast().number());
        status.put("deaths", info.deaths().stream().map(ManagementRoutes::death).toList());
        Map<String, Object> access = info.access();
        if (!access.isEmpty()) {
            status.put("access", access);
        }
        status.put("threadsMissing", pool.missing());
        status.put("threadsLost", pool.lost());
        status.put("threadsLeftBehind", pool.threadsLeftBehind());
        status.put("active", threads.stream().filter(ThreadStatus::active).count());
        status.put("queued", pool.queued());
        status.put("completed", pool.counters().completed());
        status.put("rejected", pool.counters().refusals());
        status.put(
                "artifacts",
                catalog.artifacts().stream().map(ManagementRoutes::artifact).toList());
        return status;
    }

    private static Map<String, Object> thread(ThreadStatus thread) {
        var described = new LinkedHashMap<String, Object>();
        described.put("id", thread.id());
        described.put("state", thread.active() ? "Active" : "Idle");
        if (thread.active()) {
            described.put("task", thread.task());
        }
        described.put("since", thread.since().truncatedTo(ChronoUnit.MILLIS).toString());
        return described;
    }

    private static Map<String, Object> death(PastDeath death) {
        var described = new LinkedHashMap<String, Object>();
        described.put("restart", death.number());
        described.put("exitCode", death.exitCode());
        described.put("cause", death.cause());
        described.put("at", death.at().toString());
        described.put("executing", death.executing());
        return described;
    }

    private static Map<String, Object> artifact(Artifact artifact) {
        var described = new LinkedHashMap<String, Object>();
        described.put("jar", artifact.jar());
        described.put("state", artifact.state().text());
        described.put("tasks", artifact.tasks());
        if (artifact.reason() != null) {
            described.put("reason", artifact.reason());
        }
        return described;
    }
}
