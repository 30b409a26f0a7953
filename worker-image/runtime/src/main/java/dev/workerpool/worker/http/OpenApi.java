package dev.workerpool.worker.http;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.mapping.TaskShape;
import dev.workerpool.worker.task.TaskCatalog;
import dev.workerpool.worker.task.TaskEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The task port as an OpenAPI 3.1 document: what is always there from {@code openapi.json} beside this class, the tasks and the
 * problems as this worker has them. Made when it is first asked for, on a thread of its own, and then kept.
 */
final class OpenApi {
    private static final Logger LOG = System.getLogger(OpenApi.class.getName());

    /** Of the management port, between replicas, and of plain HTTP where that is not what the port speaks. */
    private static final Set<Problem> ELSEWHERE = EnumSet.of(
            Problem.TLS_REQUIRED,
            Problem.CONTROL_REFUSED,
            Problem.CONTROL_CLOSED,
            Problem.CONTROL_BUSY,
            Problem.STALE_GENERATION,
            Problem.PEER_REFUSED,
            Problem.TOO_MANY_PEERS);

    private static final Map<Integer, String> HEADERS_OF_PROBLEMS = Map.of(401, "WWW-Authenticate", 503, "Retry-After");
    private static final String SCHEME = "token";

    /** That no call of a known task is answered with. */
    private static final Set<Integer> NOT_OF_TASKS = Set.of(404, 405, 410);

    private static final List<String> CALL_HEADERS =
            List.of("Workerpool-Timeout", "Priority", "Prefer", "Idempotency-Key");
    private static final List<String> RUN_HEADERS = List.of(
            "Workerpool-Replica", "Workerpool-Thread", "Workerpool-Run", "Server-Timing", "Via", "Preference-Applied");

    private static final Set<String> METHODS = Set.of("get", "post", "delete");

    private final TaskCatalog catalog;
    private final boolean needsToken;
    private final Executor maker;
    private CompletableFuture<Response> made;

    /** @param needsToken whether calls need a bearer token */
    OpenApi(TaskCatalog catalog, boolean needsToken) {
        this(catalog, needsToken, Thread.ofPlatform().name("openapi").daemon()::start);
    }

    OpenApi(TaskCatalog catalog, boolean needsToken, Executor maker) {
        this.catalog = catalog;
        this.needsToken = needsToken;
        this.maker = maker;
    }

    /** Made when it is asked for first; what fails, for want of a thread or of memory, is tried again the next time. */
    synchronized CompletableFuture<Response> document() {
        if (made == null || made.isCompletedExceptionally()) {
            made = new CompletableFuture<>();
            try {
                made.completeAsync(() -> Response.json(200, make()), maker);
            } catch (OutOfMemoryError e) {
                made.completeExceptionally(e); // The system refuses the thread.
            }
        }
        return made;
    }

    private Map<String, Object> make() {
        Map<String, Object> document = template();
        String version = OpenApi.class.getPackage().getImplementationVersion();
        if (version != null) {
            object(document, "info").put("version", version);
        }
        Map<String, Object> components = object(document, "components");
        Map<Integer, List<Problem>> problems = Arrays.stream(Problem.values())
                .filter(problem -> !ELSEWHERE.contains(problem))
                .filter(problem -> needsToken || problem != Problem.UNAUTHENTICATED)
                .collect(groupingBy(Problem::status, TreeMap::new, java.util.stream.Collectors.toList()));
        Map<String, Object> responses = object(components, "responses");
        problems.forEach((status, all) -> responses.put("Problem" + status, problem(status, all)));
        for (TaskEntry task : catalog.entries()) {
            TaskShape shape = shape(task);
            object(components, "schemas").putAll(shape.definitions());
            object(document, "paths")
                    .put("/tasks/" + task.type(), Map.of("post", operation(task, shape, problems.keySet())));
        }
        if (needsToken) {
            tellOfTokens(document);
        }
        return document;
    }

    private static void tellOfTokens(Map<String, Object> document) {
        object(document, "components")
                .put("securitySchemes", Map.of(SCHEME, Map.of("type", "http", "scheme", "bearer")));
        document.put("security", List.of(Map.of(SCHEME, List.of())));
        Map<String, Object> paths = object(document, "paths");
        for (String path : paths.keySet()) {
            Map<String, Object> operations = object(paths, path);
            operations.keySet().stream().filter(METHODS::contains).forEach(method -> object(
                            object(operations, method), "responses")
                    .put("401", reference("responses", "Problem401")));
        }
    }

    private static Map<String, Object> template() {
        try (InputStream in = OpenApi.class.getResourceAsStream("openapi.json")) {
            return new JsonMapper().readValue(in, new TypeReference<>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked") // The template is ours.
    private static Map<String, Object> object(Map<String, Object> parent, String name) {
        return (Map<String, Object>) parent.get(name);
    }

    /** One that cannot be described, as its jar was exchanged, is no reason to describe none. */
    private TaskShape shape(TaskEntry task) {
        try {
            return catalog.shape(task);
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.log(Level.WARNING, "Task " + task.type() + " cannot be described", e);
            var anything = new TaskShape.Body("*/*", Map.of());
            return new TaskShape(anything, anything, Map.of());
        }
    }

    private static Map<String, Object> operation(TaskEntry task, TaskShape shape, Set<Integer> problems) {
        var operation = new LinkedHashMap<String, Object>();
        operation.put("operationId", "run-" + task.type());
        operation.put("summary", "Runs the task " + task.type());
        operation.put("tags", List.of("tasks"));
        operation.put(
                "parameters",
                CALL_HEADERS.stream().map(name -> reference("parameters", name)).toList());
        if (shape.input() != null) {
            operation.put("requestBody", Map.of("required", true, "content", content(shape.input())));
        }
        var responses = new LinkedHashMap<String, Object>();
        var contents = new LinkedHashMap<String, Object>();
        if (shape.output() != null) {
            contents.putAll(content(shape.output()));
        }
        contents.put(EventStream.MEDIA_TYPE, Map.of("schema", Map.of("type", "string")));
        responses.put(
                "200", response("The result; with Accept: text/event-stream messages as they come, then it", contents));
        responses.put("202", reference("responses", "Accepted"));
        responses.put("204", response("The task is through and gives nothing", Map.of()));
        problems.stream()
                .filter(status -> !NOT_OF_TASKS.contains(status))
                .forEach(status -> responses.put(status.toString(), reference("responses", "Problem" + status)));
        operation.put("responses", responses);
        return operation;
    }

    private static Map<String, Object> content(TaskShape.Body body) {
        return Map.of(body.mediaType(), body.schema().isEmpty() ? Map.of() : Map.of("schema", body.schema()));
    }

    private static Map<String, Object> response(String description, Map<String, Object> content) {
        var response = new LinkedHashMap<String, Object>();
        response.put("description", description);
        var headers = new LinkedHashMap<String, Object>();
        RUN_HEADERS.forEach(name -> headers.put(name, reference("headers", name)));
        response.put("headers", headers);
        if (!content.isEmpty()) {
            response.put("content", content);
        }
        return response;
    }

    private static Map<String, Object> problem(int status, List<Problem> problems) {
        List<String> types = problems.stream().map(Problem::type).toList();
        var response = new LinkedHashMap<String, Object>();
        response.put("description", problems.stream().map(Problem::title).collect(joining("; ")));
        if (HEADERS_OF_PROBLEMS.containsKey(status)) {
            String header = HEADERS_OF_PROBLEMS.get(status);
            response.put("headers", Map.of(header, reference("headers", header)));
        }
        var schema = new LinkedHashMap<String, Object>();
        schema.put("allOf", List.of(reference("schemas", "Problem")));
        schema.put("properties", Map.of("type", Map.of("enum", types)));
        response.put("content", Map.of(Problem.MEDIA_TYPE, Map.of("schema", schema)));
        return response;
    }

    private static Map<String, Object> reference(String kind, String name) {
        return Map.of("$ref", "#/components/" + kind + "/" + name);
    }
}
