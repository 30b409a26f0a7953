package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.workerpool.worker.http.RawClient;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The document says what the worker does: bodies that fit the schemas are taken and given, others are refused. */
class OpenApiTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path folder;

    private LocalWorker worker;

    @BeforeEach
    void prepare() {
        TaskJars.jar()
                .taskClass("Order", """
                        @TaskType("order")
                        public class Order implements Task<Order.Input, Order.Input> {
                            public enum Color { RED, BLUE { public String toString() { return "azure"; } } }
                            public sealed interface Shape permits Circle, Group {}
                            public record Circle(double radius) implements Shape {}
                            public record Group(List<Shape> shapes) implements Shape {}
                            public record Part(int size, Part next) {}
                            public record Input(
                                    int n, String text, Boolean maybe, List<Part> parts, Part first, Color color, Shape shape,
                                    Map<String, Integer> counts, byte[] data, int[] numbers, double ratio, long big, char letter,
                                    java.time.Instant at, java.time.Duration took, UUID id, Object anything, Circle circle) {}
                            public Input run(Input input, TaskContext context) { return input; }
                        }
                        """)
                .task("Raw", "byte[]", "ByteBuffer", "return ByteBuffer.wrap(input);")
                .task("Text", "String", "String", "return input;")
                .task("Nothing", "Void", "Void", "return null;")
                .task("Lines", "Void", "java.util.stream.Stream<Integer>", "return java.util.stream.Stream.of(1, 2);")
                .taskClass("Numbers", """
                        @TaskType(value = "numbers", produces = "application/json")
                        public class Numbers implements Task<Integer, Iterator<Long>> {
                            public Iterator<Long> run(Integer n, TaskContext c) { return List.of(1L, (long) n).iterator(); }
                        }
                        """)
                .writeTo(folder.resolve("tasks.jar"));
        worker = new LocalWorker(folder);
    }

    @AfterEach
    void stop() throws Exception {
        worker.close();
    }

    private RawClient.Answer send(String request) throws Exception {
        try (var client = worker.connect()) {
            return client.send(request).read();
        }
    }

    private RawClient.Answer get(String path) throws Exception {
        return send("GET " + path + " HTTP/1.1\r\nHost: t\r\n\r\n");
    }

    private RawClient.Answer post(String path, String body) throws Exception {
        return send("POST " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private ObjectNode document() throws Exception {
        var answer = get("/openapi.json");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        return (ObjectNode) JSON.readTree(answer.body());
    }

    private Set<ValidationMessage> violations(JsonNode document, JsonNode schema, String body) throws Exception {
        var whole = JSON.createObjectNode();
        whole.putArray("allOf").add(schema);
        whole.set("components", document.get("components"));
        return JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(whole)
                .validate(JSON.readTree(body), context -> context.getExecutionConfig()
                        .setFormatAssertionsEnabled(true));
    }

    private static JsonNode input(JsonNode document, String task) {
        return document.at("/paths/~1tasks~1" + task + "/post/requestBody/content/application~1json/schema");
    }

    private static JsonNode output(JsonNode document, String task) {
        return document.at("/paths/~1tasks~1" + task + "/post/responses/200/content/application~1json/schema");
    }

    @Test
    void isAnOpenApiDocument() throws Exception {
        var options = new ParseOptions();
        options.setResolve(true);

        var parsed = new OpenAPIV3Parser().readContents(document().toString(), null, options);

        assertThat(parsed.getMessages()).isEmpty();
        assertThat(parsed.getOpenAPI().getPaths()).containsKeys("/tasks", "/tasks/order", "/runs/{id}/events");
        assertThat(parsed.getOpenAPI().getOpenapi()).isEqualTo("3.1.0");
    }

    @Test
    void saysWhetherCallsNeedAToken() throws Exception {
        ObjectNode open = document();
        assertThat(open.has("security")).isFalse();
        assertThat(open.at("/components/responses").has("Problem401")).isFalse();
        worker.close();
        Path tokens = Files.writeString(folder.resolve("tokens"), "an-example-of-a-token");
        worker.with("WORKERPOOL_TOKENS_FILE", tokens.toString());

        String text =
                send("GET /openapi.json HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer an-example-of-a-token\r\n\r\n")
                        .body();

        var parsed = new OpenAPIV3Parser().readContents(text, null, new ParseOptions());
        assertThat(parsed.getMessages()).isEmpty();
        assertThat(parsed.getOpenAPI()
                        .getComponents()
                        .getSecuritySchemes()
                        .get("token")
                        .getScheme())
                .isEqualTo("bearer");
        assertThat(parsed.getOpenAPI().getSecurity()).isNotEmpty();
        assertThat(parsed.getOpenAPI().getPaths().values())
                .flatExtracting(path -> path.readOperations())
                .isNotEmpty()
                .allSatisfy(operation -> assertThat(operation.getResponses())
                        .as(operation.getOperationId())
                        .containsKey("401"));
    }

    @Test
    void hasNoReferenceThatLeadsNowhere() throws Exception {
        ObjectNode document = document();

        assertThat(document.findValuesAsText("$ref")).isNotEmpty().allSatisfy(reference -> assertThat(
                        document.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\":1,\"ratio\":0.5,\"big\":1,\"letter\":\"x\"}",
                "{\"n\":-2147483648,\"text\":null,\"maybe\":true,\"ratio\":1,\"big\":9223372036854775807,\"letter\":\"x\","
                        + "\"parts\":[{\"size\":1,\"next\":{\"size\":2}},null],\"first\":{\"size\":3},\"color\":\"BLUE\","
                        + "\"shape\":{\"type\":\"Group\",\"shapes\":[{\"type\":\"Circle\",\"radius\":2}]},"
                        + "\"counts\":{\"a\":1,\"b\":null},\"data\":\"AQI=\",\"numbers\":[1,2],"
                        + "\"at\":\"2026-01-01T00:00:00Z\",\"took\":\"PT1M30S\","
                        + "\"id\":\"123e4567-e89b-12d3-a456-426614174000\",\"anything\":{\"x\":[1]},\"circle\":{\"radius\":1}}",
            })
    void describesWhatIsTakenAndGiven(String body) throws Exception {
        ObjectNode document = document();

        assertThat(violations(document, input(document, "order"), body)).isEmpty();
        var answer = post("/tasks/order", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(violations(document, output(document, "order"), answer.body()))
                .as(answer.body())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"n\":\"1\",\"ratio\":0.5,\"big\":1,\"letter\":\"x\"}",
                "{\"n\":2147483648,\"ratio\":0.5,\"big\":1,\"letter\":\"x\"}",
                "{\"n\":null,\"ratio\":0.5,\"big\":1,\"letter\":\"x\"}",
                "{\"n\":1,\"ratio\":0.5,\"big\":1,\"letter\":\"xy\"}",
                "{\"n\":1,\"ratio\":0.5,\"big\":1,\"letter\":\"x\",\"other\":1}",
                "{\"n\":1,\"ratio\":0.5,\"big\":1,\"letter\":\"x\",\"color\":\"azure\"}",
                "{\"n\":1,\"ratio\":0.5,\"big\":1,\"letter\":\"x\",\"shape\":{\"radius\":1}}",
                "{\"n\":1,\"ratio\":0.5,\"big\":1,\"letter\":\"x\",\"shape\":{\"type\":\"Cube\"}}",
                "{\"n\":1,\"ratio\":0.5,\"big\":1,\"letter\":\"x\",\"circle\":{\"type\":\"Circle\",\"radius\":1}}",
                "{\"n\":1,\"ratio\":0.5,\"big\":1,\"letter\":\"x\",\"parts\":[{\"next\":null}]}",
                "{\"n\":1,\"ratio\":0.5,\"big\":1,\"letter\":\"x\",\"numbers\":[null]}",
                "{\"n\":1,\"ratio\":0.5,\"big\":1,\"letter\":\"x\",\"counts\":{\"a\":\"b\"}}",
                "{\"n\":1,\"ratio\":0.5,\"big\":1,\"letter\":\"x\",\"at\":\"now\"}",
            })
    void describesWhatIsRefused(String body) throws Exception {
        ObjectNode document = document();

        assertThat(violations(document, input(document, "order"), body)).isNotEmpty();
        var answer = post("/tasks/order", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(violations(
                        document,
                        document.at("/components/responses/Problem400/content/application~1problem+json/schema"),
                        answer.body()))
                .isEmpty();
    }

    @Test
    void tellsBytesTextAndStreamsByTheirMediaTypes() throws Exception {
        JsonNode paths = document().get("paths");

        assertThat(paths.at("/~1tasks~1raw/post/requestBody/content").toString())
                .isEqualTo("{\"*/*\":{}}");
        String events = "\"text/event-stream\":{\"schema\":{\"type\":\"string\"}}}";
        assertThat(paths.at("/~1tasks~1raw/post/responses/200/content").toString())
                .isEqualTo("{\"application/octet-stream\":{}," + events);
        assertThat(paths.at("/~1tasks~1text/post/responses/200/content").toString())
                .isEqualTo("{\"text/plain\":{\"schema\":{\"type\":\"string\"}}," + events);
        assertThat(paths.at("/~1tasks~1nothing/post").has("requestBody")).isFalse();
        assertThat(paths.at("/~1tasks~1nothing/post/responses/200/content").toString())
                .isEqualTo("{" + events);
        assertThat(paths.at(
                                "/~1tasks~1lines/post/responses/200/content/application~1x-ndjson/schema/contentSchema/type")
                        .asText())
                .isEqualTo("integer");
    }

    @Test
    void describesAStreamThatIsOneArray() throws Exception {
        ObjectNode document = document();

        assertThat(violations(
                        document,
                        output(document, "numbers"),
                        post("/tasks/numbers", "5").body()))
                .isEmpty();
    }

    @Test
    void isLinkedFromTheListWhoseSchemaItHas() throws Exception {
        ObjectNode document = document();
        String list = get("/tasks").body();

        assertThat(violations(
                        document,
                        document.at("/paths/~1tasks/get/responses/200/content/application~1json/schema"),
                        list))
                .isEmpty();
        for (JsonNode task : JSON.readTree(list).get("tasks")) {
            String link = task.get("schema").asText();
            assertThat(document.at(link.substring(link.indexOf('#') + 1)).isMissingNode())
                    .as(link)
                    .isFalse();
        }
    }

    @Test
    void describesProblemsAsTheyAre() throws Exception {
        ObjectNode document = document();
        var answer = get("/tasks/none");

        assertThat(violations(
                        document,
                        document.at("/components/responses/Problem405/content/application~1problem+json/schema"),
                        answer.body()))
                .as(answer.body())
                .isEmpty();
        assertThat(violations(
                        document,
                        document.at("/components/responses/Problem404/content/application~1problem+json/schema"),
                        post("/tasks/none", "").body()))
                .isEmpty();
    }

    /** The answer's status, its media type, and its body where that is JSON. */
    private RawClient.Answer assertDescribed(String operation, String path, String target, String headers)
            throws Exception {
        ObjectNode document = document();
        var answer = send(operation.toUpperCase() + " " + target + " HTTP/1.1\r\nHost: t\r\n" + headers
                + "Content-Length: 1\r\n\r\n1");
        JsonNode described = document.get("paths")
                .path(path)
                .path(operation)
                .path("responses")
                .path("" + answer.status());
        if (described.has("$ref")) {
            described = document.at(described.get("$ref").asText().substring(1));
        }
        assertThat(described.isObject()).as(target + " " + answer.status()).isTrue();
        String mediaType = answer.header("Content-Type");
        if (mediaType != null) {
            mediaType = mediaType.split(";")[0];
            JsonNode content = described.path("content");
            JsonNode body = content.has(mediaType) ? content.get(mediaType) : content.get("*/*");
            assertThat(body).as(target + " " + mediaType).isNotNull();
            if (mediaType.endsWith("json") && body.has("schema")) {
                assertThat(violations(document, body.get("schema"), answer.body()))
                        .as(answer.body())
                        .isEmpty();
            }
        }
        assertThat(answer.headers().keySet())
                .filteredOn(name -> name.startsWith("preference") || name.equals("location"))
                .allMatch(described.path("headers").toString().toLowerCase()::contains);
        return answer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "text", "nothing", "numbers"})
    void describesEventsAndRunsThatNobodyWaitsFor(String task) throws Exception {
        String tasks = "/tasks/" + task;
        assertDescribed("post", tasks, tasks, "");
        assertThat(assertDescribed("post", tasks, tasks, "Accept: text/event-stream\r\n")
                        .header("Content-Type"))
                .isEqualTo("text/event-stream");
        assertDescribed("post", tasks, tasks, "Prefer: wait=10\r\n");
        assertDescribed("post", tasks, tasks, "Prefer: respond-async, wait=10\r\n");
        assertDescribed("post", tasks, tasks, "Content-Encoding: gzip\r\n");
        var accepted = assertDescribed("post", tasks, tasks, "Prefer: respond-async\r\n");
        assertThat(accepted.status()).isEqualTo(202);

        String run = accepted.header("Location");
        assertDescribed("get", "/runs/{id}", run, "");
        assertDescribed("get", "/runs/{id}", run, "Prefer: wait=10\r\n");
        assertDescribed("get", "/runs/{id}/result", run + "/result", "Prefer: wait=10\r\n");
        assertDescribed("get", "/runs/{id}/events", run + "/events", "");
        assertDescribed("get", "/runs/{id}/events", run + "/events", "Last-Event-ID: 1000\r\n");
        assertDescribed("get", "/runs/{id}/events", run + "/events", "Last-Event-ID: x\r\n");
        assertDescribed("post", "/runs/{id}/messages", run + "/messages", "");
        assertDescribed("delete", "/runs/{id}", run, "");
        assertDescribed("get", "/runs/{id}", "/runs/none", "");
    }

    @Test
    void describesWhatAnotherReplicaMayNotAnswer() throws Exception {
        ObjectNode document = document();
        for (var path : document.get("paths").properties()) {
            if (path.getKey().startsWith("/runs/")) {
                assertThat(path.getValue().findValues("responses"))
                        .as(path.getKey())
                        .allMatch(responses -> responses.has("502") && responses.has("503"));
            }
        }
        for (String path : new String[] {"/runs/{id}", "/runs/{id}/result"}) {
            assertThat(document.get("paths")
                            .path(path)
                            .path("get")
                            .path("parameters")
                            .findValuesAsText("$ref"))
                    .contains("#/components/parameters/Prefer-wait");
        }
    }

    @Test
    void servesEveryPathItDescribes() throws Exception {
        for (var path : document().get("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                if (!operation.getKey().equals("parameters")) {
                    String target = path.getKey().replace("{id}", "none");
                    var answer = send(operation.getKey().toUpperCase() + " " + target
                            + " HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n");
                    assertThat(answer.body())
                            .as(operation.getKey() + " " + target)
                            .doesNotStartWith("{\"type\":\"urn:workerpool:problem:not-found")
                            .doesNotStartWith("{\"type\":\"urn:workerpool:problem:method-not-allowed");
                }
            }
        }
    }

    @Test
    void isTheSameWhereThreadsHaveClassesOfTheirOwn() throws Exception {
        ObjectNode shared = document();
        worker.close();
        worker.with("WORKERPOOL_ISOLATION", "PerThread");

        assertThat(document()).isEqualTo(shared);
    }
}
