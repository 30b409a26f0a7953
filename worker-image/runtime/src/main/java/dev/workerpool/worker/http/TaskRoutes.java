package dev.workerpool.worker.http;

import dev.workerpool.worker.access.Access;
import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.peers.Peers;
import dev.workerpool.worker.pool.DrainingException;
import dev.workerpool.worker.pool.Outcome;
import dev.workerpool.worker.pool.QueueFullException;
import dev.workerpool.worker.pool.Refusal;
import dev.workerpool.worker.pool.Run;
import dev.workerpool.worker.pool.RunRejectedException;
import dev.workerpool.worker.pool.RunTracer;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.runs.RunStore;
import dev.workerpool.worker.task.TaskCatalog;
import dev.workerpool.worker.task.TaskEntry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The task port: {@code GET /tasks}, {@code POST /tasks/{type}}, and by {@link RunRoutes} the runs that came of it. */
final class TaskRoutes implements Routes {
    private static final String LIST = "/tasks";
    private static final String PREFIX = "/tasks/";
    private static final String DESCRIPTION = "/openapi.json";

    private final TaskCatalog catalog;
    private final TaskPool pool;
    private final Peers peers;
    private final BodyBudget budget;
    private final RunTracer tracer;
    private final String replica;
    private final RetryAdvice retry;
    private final Outcomes outcomes;
    private final StoredCalls stored;
    private final RunRoutes runs;
    private final OpenApi openApi;

    TaskRoutes(
            TaskCatalog catalog,
            TaskPool pool,
            RunStore store,
            Peers peers,
            BodyBudget budget,
            RunTracer tracer,
            Access access,
            BodyWork bodyWork,
            PrometheusRegistry metrics) {
        this.peers = peers;
        this.tracer = tracer;
        this.budget = budget;
        this.catalog = catalog;
        this.pool = pool;
        this.replica = pool.settings().replica();
        // A queue that is full empties at the latest within the longest wait.
        this.retry = () -> Math.clamp(pool.live().maxWait().toSeconds(), 1, 30);
        this.outcomes = new Outcomes(retry);
        var answers = new RunAnswers(replica, outcomes, store.settings().period());
        var streams = new EventStreams(metrics);
        this.stored = new StoredCalls(pool, store, answers, streams, tracer, bodyWork, this::rejected);
        this.runs = new RunRoutes(store, answers, streams);
        this.openApi = new OpenApi(catalog, access.needsToken());
    }

    @Override
    public Response refuse(Request request) {
        return refuse(request, pool.counters()::refused);
    }

    /** @param counter is told of a refusal that counts, should it be the answer */
    Response refuse(Request request, Consumer<Refusal> counter) {
        Response refusal = refuseAnywhere(request, counter);
        return refusal == null ? refuseHere(request, counter) : refusal;
    }

    /** What is wrong with a request whichever replica it goes to. */
    Response refuseAnywhere(Request request) {
        return refuseAnywhere(request, pool.counters()::refused);
    }

    private Response refuseAnywhere(Request request, Consumer<Refusal> counter) {
        Response refusal = request.path().startsWith(RunRoutes.PREFIX)
                ? RunRoutes.refuseAnywhere(request)
                : malformed(request, counter);
        return refusal == null ? null : identified(refusal);
    }

    private Response malformed(Request request, Consumer<Refusal> counter) {
        String path = request.path();
        if (path.equals(LIST) || path.equals(DESCRIPTION)) {
            return isRead(request) ? null : notAllowed("GET, HEAD");
        }
        if (!path.startsWith(PREFIX) || path.indexOf('/', PREFIX.length()) >= 0) {
            return Problem.NOT_FOUND.because(
                    "Tasks are listed at GET /tasks, described at GET /openapi.json and run by POST /tasks/{type}");
        }
        if (!request.method().equals("POST")) {
            return notAllowed("POST");
        }
        String type = type(request);
        TaskEntry task = catalog.find(type);
        if (task == null) {
            return unknown(type);
        }
        Response malformed = RunHeaders.refuse(request, task, pool.live().timeout());
        if (malformed != null) {
            return malformed;
        }
        Duration refusedFor = pool.refusedTasks().refusedFor(type);
        if (refusedFor != null) {
            counter.accept(Refusal.TASK_REFUSED);
            return Outcomes.refused(type, refusedFor);
        }
        return null;
    }

    /** Why this replica cannot do what another might. */
    Response refuseHere(Request request) {
        return refuseHere(request, pool.counters()::refused);
    }

    private Response refuseHere(Request request, Consumer<Refusal> counter) {
        if (request.path().startsWith(RunRoutes.PREFIX)) {
            return runs.refuseHere(request);
        }
        // What was called with a key may be there already.
        Response refusal = isRun(request) && !StoredCalls.hasKey(request) ? noRoom(counter) : null;
        return refusal == null ? null : identified(refusal);
    }

    private Response noRoom(Consumer<Refusal> counter) {
        if (pool.isClosed()) {
            counter.accept(Refusal.DRAINING);
            return draining();
        }
        if (pool.isFull()) {
            counter.accept(Refusal.QUEUE_FULL);
            return queueFull(pool.queueCapacity());
        }
        return null;
    }

    private static boolean isRead(Request request) {
        return request.method().equals("GET") || request.method().equals("HEAD");
    }

    private static Response notAllowed(String allowed) {
        return Problem.METHOD_NOT_ALLOWED.because("Allowed: " + allowed).with("Allow", allowed);
    }

    private Response unknown(String type) {
        List<String> known = catalog.entries().stream().map(TaskEntry::type).toList();
        return Problem.UNKNOWN_TASK.because(
                "There is no task type '" + type + "'; known are " + String.join(", ", known), Map.of("known", known));
    }

    @Override
    public void handle(Request request, ByteBuffer body, Exchange exchange) {
        if (request.path().equals(LIST)) {
            exchange.respond(identified(list()));
            return;
        }
        if (request.path().startsWith(RunRoutes.PREFIX)) {
            runs.handle(request, body, exchange);
            return;
        }
        if (request.path().equals(DESCRIPTION)) {
            openApi.document()
                    .exceptionally(failure -> Problem.INTERNAL_ERROR.because("The document could not be made now"))
                    .thenAccept(document -> exchange.respond(identified(document)));
            return;
        }
        Response refusal = run(request, body, exchange, Arrival.direct(System.nanoTime()));
        if (refusal != null) {
            exchange.respond(refusal);
        }
    }

    /** Is it a call of a task, of whatever type? */
    boolean isRun(Request request) {
        return request.path().startsWith(PREFIX) && request.method().equals("POST");
    }

    /** Of a call of a task. */
    static String type(Request request) {
        return request.path().substring(PREFIX.length());
    }

    /** Does this replica run such tasks, now? */
    boolean isAble(Request request) {
        return able(type(request)) != null;
    }

    /** The task of this type; null when this replica does not run such, at least for now. */
    TaskEntry able(String type) {
        return pool.refusedTasks().refusedFor(type) == null ? catalog.find(type) : null;
    }

    /** Is there a run here under the key of the request? */
    boolean knowsKey(Request request) {
        return stored.isKnown(request);
    }

    /** How long after its end a run, and its key, is kept. */
    Duration keptFor() {
        return stored.keptFor();
    }

    /** Starts a run, whose answer comes later. @return the refusal, or null when it is admitted */
    Response run(Request request, ByteBuffer body, Exchange exchange, Arrival arrival) {
        TaskEntry task = catalog.find(type(request));
        if (StoredCalls.isOne(request)) {
            return stored.handle(task, request, body, exchange, arrival, exchange::respond);
        }
        try {
            new TaskCall(this, exchange, task, request, body).submit(arrival);
            return null;
        } catch (RunRejectedException e) {
            return identified(rejected(e));
        }
    }

    /**
     * Starts the run of a call under a key, or finds it.
     *
     * @param refused is told of a refusal, at once or later
     * @return whether it was not refused at once
     */
    boolean runKeyed(Request request, ByteBuffer body, Exchange exchange, Arrival arrival, Consumer<Response> refused) {
        TaskEntry task = catalog.find(type(request));
        Response refusal = stored.handle(task, request, body, exchange, arrival, refused);
        if (refusal != null) {
            refused.accept(refusal);
        }
        return refusal == null;
    }

    private Response list() {
        var tasks = catalog.entries().stream()
                .map(task -> {
                    var described = new LinkedHashMap<String, Object>();
                    described.put("type", task.type());
                    described.put("input", task.input());
                    described.put("output", task.output());
                    described.put("schema", DESCRIPTION + "#/paths/~1tasks~1" + task.type());
                    return described;
                })
                .toList();
        return Response.json(200, Map.of("tasks", tasks));
    }

    private Response rejected(RunRejectedException e) {
        return switch (e) {
            case QueueFullException full -> queueFull(full.capacity());
            case DrainingException drains -> draining();
        };
    }

    private Response queueFull(int capacity) {
        return Problem.QUEUE_FULL.retryAfter(
                retry.seconds(), "All threads are busy and " + capacity + " runs are waiting already");
    }

    /** A run that has waited here goes back to the peer that passed it. */
    Response returned() {
        Response full =
                Problem.QUEUE_FULL.because("No thread became free for it, and the replica that passed it has it");
        return declined(identified(full), PeerHeaders.RETURNED);
    }

    /** Nothing was begun with what a peer has passed. */
    Response declined(Response response, String why) {
        return response.with(PeerHeaders.DECLINED, why, PeerHeaders.LOAD, peers.load());
    }

    private static Response draining() {
        return Problem.DRAINING.retryAfter(1, "This replica takes no new runs; another one will");
    }

    @Override
    public Response bufferFull(Request request) {
        pool.counters().refused(Refusal.BUFFER_FULL);
        return identified(Routes.super.bufferFull(request));
    }

    Response answer(Run run, Outcome outcome) {
        Response response = outcomes.response(run.task().type(), outcome);
        String timing = ServerTiming.of(run.waitNanos(), run.runNanos());
        return run.threadNumber() == 0
                ? response.with("Workerpool-Replica", replica, "Server-Timing", timing)
                : response.with(
                        "Workerpool-Replica",
                        replica,
                        "Workerpool-Thread",
                        Integer.toString(run.threadNumber()),
                        "Server-Timing",
                        timing);
    }

    /** The head of an answer that begins while the run is active: how long that takes is not known yet. */
    Response streamed(Run run, String mediaType) {
        return Response.streamed(
                200,
                mediaType,
                "Workerpool-Replica",
                replica,
                "Workerpool-Thread",
                Integer.toString(run.threadNumber()),
                "Server-Timing",
                ServerTiming.of(run.waitNanos()));
    }

    TaskPool pool() {
        return pool;
    }

    Peers peers() {
        return peers;
    }

    RunTracer tracer() {
        return tracer;
    }

    BodyBudget budget() {
        return budget;
    }

    @Override
    public Response identified(Response response) {
        return response.with("Workerpool-Replica", replica);
    }
}
