package dev.workerpool.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.workerpool.apiserver.ApiServer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The CRD as a user of kubectl meets it. */
@ExtendWith(ApiServer.class)
class KubectlIT {

    private static final String POOL = """
            apiVersion: workerpool.dev/v1alpha1
            kind: WorkerPool
            metadata: {name: thumbnails}
            spec: {replicas: 2}
            """;

    private static ApiServer.Running server;

    @BeforeAll
    static void useServer(ApiServer.Running running) {
        server = running;
    }

    @AfterEach
    void deletePools() {
        server.kubectl("", "delete", "workerpools", "--all");
    }

    @Test
    void applySaysWhatIsWrong() {
        var answer = server.kubectl(POOL.replace("replicas: 2", "queue: {maxWait: 10 seconds}"), "apply", "-f", "-");
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.err())
                .isEqualTo(
                        "The WorkerPool \"thumbnails\" is invalid: spec.queue.maxWait: Invalid value: \"string\": maxWait"
                                + " must be a whole number with one unit (ms, s, m or h) from 0s to 1h, such as 500ms or"
                                + " 10s\n");
    }

    @Test
    void applyRefusesAFieldThatDoesNotExist() {
        var answer = server.kubectl(POOL.replace("replicas", "replica"), "apply", "-f", "-");
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.err()).contains("strict decoding error: unknown field \"spec.replica\"");
    }

    @Test
    void getListsPoolsByShortNameAndAmongAll() {
        apply();
        String status = "{\"status\":{\"readyReplicas\":1,\"desiredReplicas\":2,\"threads\":4,\"restarts\":3}}";
        server.kubectl("", "patch", "wp", "thumbnails", "--subresource=status", "--type=merge", "-p", status);
        assertThat(server.kubectl("", "get", "wp").out())
                .containsPattern("NAME +READY +DESIRED +THREADS +RESTARTS +AGE\nthumbnails +1 +2 +4 +3 ");
        assertThat(server.kubectl("", "get", "all").out()).contains("workerpool.workerpool.dev/thumbnails");
    }

    @Test
    void scaleChangesTheReplicas() {
        apply();
        var answer = server.kubectl("", "scale", "workerpool/thumbnails", "--replicas=5");
        assertThat(answer.out()).isEqualTo("workerpool.workerpool.dev/thumbnails scaled\n");
        assertThat(server.kubectl("", "get", "wp", "thumbnails", "-o", "jsonpath={.spec.replicas}")
                        .out())
                .isEqualTo("5");
    }

    @Test
    void scaleIsRefusedWhileAutoscalingSetsTheNumberExceptToStopThePool() {
        String pool = POOL.replace("replicas: 2", "replicas: 2, autoscaling: {maxReplicas: 9}");
        assertThat(server.kubectl(pool, "apply", "-f", "-").exitCode()).isZero();

        var refused = server.kubectl("", "scale", "workerpool/thumbnails", "--replicas=5");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains(
                        "replicas can only be left out or set to 0, which stops the pool, while autoscaling is Active:"
                                + " change autoscaling.minReplicas and maxReplicas instead");

        for (String number : List.of("0", "3")) {
            assertThat(server.kubectl("", "scale", "workerpool/thumbnails", "--replicas=" + number)
                            .exitCode())
                    .as("stopped, and started again with as many")
                    .isZero();
        }
        assertThat(server.kubectl(pool.replace("replicas: 2, ", ""), "apply", "-f", "-")
                        .exitCode())
                .as("left out")
                .isZero();
        assertThat(server.kubectl(pool.replace("9}", "9, mode: Advice}"), "apply", "-f", "-")
                        .exitCode())
                .isZero();
        assertThat(server.kubectl("", "scale", "workerpool/thumbnails", "--replicas=7")
                        .exitCode())
                .as("advice leaves the number to others")
                .isZero();
    }

    @Test
    void theStatusIsWrittenApartFromTheSpec() {
        apply();
        String status =
                "{\"spec\":{\"replicas\":9},\"status\":{\"replicas\":1,\"selector\":\"workerpool.dev/pool=thumbnails\"}}";
        server.kubectl("", "patch", "wp", "thumbnails", "--subresource=status", "--type=merge", "-p", status);
        assertThat(server.kubectl("", "get", "wp", "thumbnails", "-o", "jsonpath={.spec.replicas} {.status.replicas}")
                        .out())
                .isEqualTo("2 1");
    }

    @Test
    void explainDescribesEveryField() throws IOException {
        List<String> undescribed = new ArrayList<>();
        JsonNode schema = committedSchema();
        describe("workerpool.spec", schema.at("/properties/spec"), undescribed);
        describe("workerpool.status", schema.at("/properties/status"), undescribed);
        assertThat(undescribed).isEmpty();
        assertThat(server.kubectl("", "explain", "workerpool.spec.queue.capacity")
                        .out())
                .contains("Tasks that may wait in each replica for a free thread.");
    }

    @Test
    void everyValueSaysItsDefaultAndWhetherAChangeIsLiveOrRolling() throws IOException {
        List<String> silent = new ArrayList<>();
        leaves("spec", committedSchema().at("/properties/spec"), silent);
        assertThat(silent).isEmpty();
    }

    private static void apply() {
        assertThat(server.kubectl(POOL, "apply", "-f", "-").exitCode()).isZero();
    }

    private static JsonNode committedSchema() throws IOException {
        try (InputStream crd = KubectlIT.class.getResourceAsStream("/workerpools.workerpool.dev-v1.yaml")) {
            return new YAMLMapper().readTree(crd).at("/spec/versions/0/schema/openAPIV3Schema");
        }
    }

    /** Asks kubectl for each object, and checks each of its fields: one call per object keeps this test short. */
    private static void describe(String path, JsonNode schema, List<String> undescribed) {
        if (schema.has("properties")) {
            String explained = server.kubectl("", "explain", path).out().replaceAll("\\s+", " ");
            for (Map.Entry<String, JsonNode> field : schema.get("properties").properties()) {
                String description = field.getValue().path("description").asText();
                if (description.isBlank() || !explained.contains(description)) {
                    undescribed.add(path + "." + field.getKey());
                }
                describe(path + "." + field.getKey(), field.getValue(), undescribed);
            }
        }
        if (schema.has("items")) {
            describe(path, schema.get("items"), undescribed);
        }
    }

    private static void leaves(String path, JsonNode schema, List<String> silent) {
        for (Map.Entry<String, JsonNode> field : schema.path("properties").properties()) {
            String name = path + "." + field.getKey();
            JsonNode value = field.getValue();
            String description = value.path("description").asText();
            boolean section = value.path("type").asText().equals("object") && value.has("properties");
            if (!section && !description.matches("(?s).*(Live: |Rolling: ).*")) {
                silent.add(name);
            }
            leaves(name, value.has("items") ? value.get("items") : value, silent);
        }
    }
}
