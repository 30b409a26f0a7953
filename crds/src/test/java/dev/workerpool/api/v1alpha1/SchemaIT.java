package dev.workerpool.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server answers to a pool: one field changed on a valid one. */
@ExtendWith(ApiServer.class)
class SchemaIT {

    private static final ObjectMapper YAML = new YAMLMapper();

    private static final String VALID_POOL = """
            apiVersion: workerpool.dev/v1alpha1
            kind: WorkerPool
            metadata: {name: thumbnails, namespace: default}
            spec: {replicas: 2, threads: 4}
            """;

    /** How the API server says that it stopped at the structure and did not get to the rules. */
    private static final String RULES_NOT_CHECKED =
            ", <nil>: Invalid value: null: some validation rules were not checked"
                    + " because the object was invalid; correct the existing errors to complete validation]";

    private static ApiServer.Running server;

    @BeforeAll
    static void useServer(ApiServer.Running running) {
        server = running;
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource({"badFields", "tooLong"})
    void refusesABadFieldAndNamesItAndTheRule(String field, JsonNode value, String message) {
        assertThat(refusal(validPoolWith(field, value))).isEqualTo(message);
    }

    static Stream<Arguments> badFields() throws IOException {
        try (InputStream table = SchemaIT.class.getResourceAsStream("/bad-fields.yaml")) {
            return StreamSupport.stream(YAML.readTree(table).spliterator(), false)
                    .map(row -> arguments(
                            row.get("field").asText(),
                            row.get("value"),
                            expected(row.get("message").asText())));
        }
    }

    static Stream<Arguments> tooLong() {
        return Stream.of(
                overlong("spec.image", text("a".repeat(1025)), "spec.image: Too long: may not be more than 1024 bytes"),
                overlong(
                        "spec.config",
                        YAML.createObjectNode().put("k", "x".repeat(32_769)),
                        "spec.config.k: Too long: may not be more than 32768 bytes"),
                overlong(
                        "spec.config",
                        numbered(257, (config, i) -> config.put("k" + i, "")),
                        "spec.config: Too many: 257: must have at most 256 items"),
                overlong(
                        "spec.labels",
                        numbered(33, (labels, i) -> labels.put("k" + i, "")),
                        "spec.labels: Too many: 33: must have at most 32 items"),
                overlong(
                        "spec.env",
                        array(65, i -> YAML.createObjectNode().put("name", "A" + i)),
                        "spec.env: Too many: 65: must have at most 64 items"),
                overlong(
                        "spec.env",
                        array(1, i -> YAML.createObjectNode().put("name", "A").put("value", "x".repeat(4097))),
                        "spec.env[0].value: Too long: may not be more than 4096 bytes"),
                overlong(
                        "spec.tasks.artifacts",
                        array(17, i -> YAML.createObjectNode().put("configMap", "jars")),
                        "spec.tasks.artifacts: Too many: 17: must have at most 16 items"),
                overlong(
                        "spec.service.allowedNamespaces",
                        array(65, i -> text("n" + i)),
                        "spec.service.allowedNamespaces: Too many: 65: must have at most 64 items"),
                overlong(
                        "spec.access.tls.secretName",
                        text("s".repeat(254)),
                        "spec.access.tls.secretName: Too long: may not be more than 253 bytes"),
                overlong(
                        "spec.access.tokens.secretName",
                        text("s".repeat(254)),
                        "spec.access.tokens.secretName: Too long: may not be more than 253 bytes"),
                arguments(
                        "spec.config",
                        YAML.createObjectNode().put("a", "é".repeat(16_000)).put("b", "é".repeat(16_000)),
                        invalid("spec.config: Invalid value: \"object\": config must be at most 60 KiB in all, keys and"
                                + " values in UTF-8")));
    }

    @ParameterizedTest
    @MethodSource("badNames")
    void refusesANameItsServiceCouldNotBear(String name) {
        assertThat(refusal(validPoolWith("metadata.name", text(name))))
                .isEqualTo(
                        "WorkerPool.workerpool.dev \"%s\" is invalid: <nil>: Invalid value: \"object\": metadata.name"
                                + " must be at most 52 characters of a-z, 0-9 and '-', start with a letter and end with a letter"
                                + " or digit: the pool's Service bears this name",
                        name);
    }

    static Stream<String> badNames() {
        return Stream.of("a.b", "1a", "a".repeat(53));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("extremes")
    void acceptsEveryFieldAtItsEnds(String field, JsonNode value) {
        ObjectNode accepted = create(validPoolWith(field, value));
        assertThat(accepted.at("/" + field.replace('.', '/'))).isEqualTo(value);
    }

    static Stream<Arguments> extremes() throws IOException {
        JsonNode longestConfig = numbered(256, (config, i) -> config.put("k".repeat(100) + i, "x".repeat(130)));
        JsonNode hugeValue = YAML.createObjectNode().put("k", "x".repeat(32_768));
        return Stream.concat(
                Stream.of(
                        arguments("metadata.name", text("a".repeat(52))),
                        arguments("spec.image", text("a".repeat(1024))),
                        arguments("spec.config", longestConfig),
                        arguments("spec.config", hugeValue),
                        arguments("spec.config", YAML.createObjectNode().put("k".repeat(253), "\t\f\r\n ü 😀 $(HOME)")),
                        arguments("spec.tasks.artifacts", array(16, i -> YAML.createObjectNode()
                                .put("image", "jars:" + i))),
                        arguments("spec.service.allowedNamespaces", array(64, i -> text("n" + i))),
                        arguments("spec.access.tls.secretName", text("s".repeat(253))),
                        arguments("spec.access.tokens.secretName", text("s".repeat(253))),
                        arguments("spec.env", array(64, i -> YAML.createObjectNode()
                                .put("name", "A" + i)
                                .put("value", "x".repeat(4096))))),
                goodFields());
    }

    /** A pool for each of the good fields. */
    static List<ObjectNode> goodPools() throws IOException {
        return goodFields()
                .map(row -> validPoolWith((String) row.get()[0], (JsonNode) row.get()[1]))
                .toList();
    }

    private static Stream<Arguments> goodFields() throws IOException {
        try (InputStream table = SchemaIT.class.getResourceAsStream("/good-fields.yaml")) {
            return StreamSupport.stream(YAML.readTree(table).spliterator(), false)
                    .map(row -> arguments(row.get("field").asText(), row.get("value")));
        }
    }

    @ParameterizedTest
    @MethodSource("sparseSpecs")
    void fillsInTheDefaults(String spec) throws IOException {
        JsonNode pool = create((ObjectNode) YAML.readTree(VALID_POOL.replaceAll("spec:.*", spec)));
        assertThat(pool.get("spec")).isEqualTo(YAML.readTree("""
                        replicas: 1
                        queue: {capacity: 256, maxWait: 10s}
                        tasks: {timeout: 30s, maxBodySize: 64Mi, sharedMemory: 64Mi, isolation: Shared}
                        runs: {retention: 10m}
                        service: {port: 8000, type: ClusterIP}
                        drain: {timeout: 60s}
                        """));
    }

    static Stream<String> sparseSpecs() {
        return Stream.of(
                "",
                "spec: {}",
                "spec: null",
                "spec: {replicas: null, threads: null, queue: null, tasks: {timeout: null}, runs: {retention: null}, service: {}, access: null, drain: {}}");
    }

    @Test
    void fillsInTheDefaultsOfAutoscalingWhereItIsThere() throws IOException {
        JsonNode section = YAML.readTree("{maxReplicas: 10}");
        JsonNode defaulted = create(validPoolWith("spec.autoscaling", section)).at("/spec/autoscaling");

        assertThat(defaulted).isEqualTo(YAML.readTree("""
                        minReplicas: 1
                        maxReplicas: 10
                        targetUtilization: 70
                        stableWindow: 60s
                        panicWindow: 6s
                        panicThreshold: 200
                        scaleInDelay: 60s
                        maxScaleOut: 1000
                        maxScaleIn: 1000
                        mode: Active
                        """));
        assertThat(YAML.treeToValue(section, AutoscalingSpec.class))
                .isEqualTo(YAML.treeToValue(defaulted, AutoscalingSpec.class));
    }

    @Test
    void theTypesHaveTheDefaultsOfTheSchema() throws IOException {
        ObjectNode defaulted = create((ObjectNode) YAML.readTree(VALID_POOL.replaceAll("spec:.*", "")));
        assertThat(YAML.treeToValue(defaulted.get("spec"), WorkerPoolSpec.class))
                .isEqualTo(WorkerPoolSpec.DEFAULTS);
    }

    private static String expected(String message) {
        if (message.contains("strict decoding error")) {
            return message;
        }
        return message.endsWith(" [...]")
                ? invalid("[" + message.substring(0, message.length() - " [...]".length()) + RULES_NOT_CHECKED)
                : invalid(message);
    }

    private static String invalid(String message) {
        return "WorkerPool.workerpool.dev \"thumbnails\" is invalid: " + message;
    }

    private static Arguments overlong(String field, JsonNode value, String message) {
        return arguments(field, value, invalid("[" + message + RULES_NOT_CHECKED));
    }

    private static JsonNode text(String text) {
        return YAML.getNodeFactory().textNode(text);
    }

    private static JsonNode numbered(int count, BiConsumer<ObjectNode, Integer> put) {
        ObjectNode object = YAML.createObjectNode();
        IntStream.range(0, count).forEach(i -> put.accept(object, i));
        return object;
    }

    private static JsonNode array(int count, IntFunction<JsonNode> element) {
        return YAML.createArrayNode()
                .addAll(IntStream.range(0, count).mapToObj(element).toList());
    }

    private static ObjectNode validPoolWith(String field, JsonNode value) {
        try {
            ObjectNode pool = (ObjectNode) YAML.readTree(VALID_POOL);
            List<String> path = List.of(field.split("\\."));
            ObjectNode parent = pool;
            for (String section : path.subList(0, path.size() - 1)) {
                parent = parent.withObjectProperty(section);
            }
            parent.set(path.getLast(), value);
            return pool;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As kubectl does it: unknown fields are errors. Nothing is kept. */
    private static ObjectNode create(ObjectNode pool) {
        try {
            String answer = server.client()
                    .raw(
                            "/apis/workerpool.dev/v1alpha1/namespaces/default/workerpools?fieldValidation=Strict&dryRun=All",
                            "POST",
                            pool);
            return (ObjectNode) YAML.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String refusal(ObjectNode pool) {
        try {
            return "accepted: " + create(pool);
        } catch (KubernetesClientException e) {
            return e.getStatus().getMessage();
        }
    }
}
