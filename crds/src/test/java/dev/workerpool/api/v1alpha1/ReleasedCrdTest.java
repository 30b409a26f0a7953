package dev.workerpool.api.v1alpha1;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What was valid under the last release is valid now, and means the same: within a version, the schema only widens. */
class ReleasedCrdTest {

    static final String RELEASED = "/released/workerpools.workerpool.dev-v1.yaml";

    private static final ObjectMapper YAML = new YAMLMapper();

    private static final String LABEL_KEYS = "the API server refused such a key in the pods, so no pool ran with it";

    private static final String EXPONENTS =
            "an exponent of three digits asks for what nobody has, and the API server and the operator were lost in it";

    private static final String NO_NODE =
            "no machine has as much: a request for it fits nowhere, and such a limit limits nothing";

    private static final String WIDER = "only an exponent that its field refuses is not looked at any more";

    private static final String CPU = ": new rule: cpu must be a quantity from 1m to 10k, such as 500m or 2";

    private static final String MEMORY =
            ": new rule: memory must be a quantity from 32Mi to 1Pi, such as 512Mi (512m would be half a byte)";

    /** What was taken and is no longer, and why that breaks nobody. Emptied at a release. */
    private static final Map<String, String> EXCEPTIONS = Map.ofEntries(
            entry(
                    ".spec.config: new rule: config must have no control characters but tab, line feed, form feed and carriage return",
                    "each takes six bytes where the worker reads it, so with enough of them no worker started"),
            entry(
                    ".spec.labels: new rule: labels must have keys such as team or example.com/team and values of at most 63"
                            + " letters, digits, '-', '_' and '.'",
                    LABEL_KEYS),
            entry(
                    ".spec.scheduling.nodeSelector: new rule: nodeSelector must have label keys such as example.com/disk and values"
                            + " of at most 63 letters, digits, '-', '_' and '.'",
                    LABEL_KEYS),
            entry(
                    ".spec.scheduling.tolerations[].key: new rule: key must be a taint key such as dedicated or"
                            + " example.com/dedicated",
                    LABEL_KEYS),
            entry(
                    ".spec.scheduling.topologySpread[].topologyKey: new rule: topologyKey must be a label key such as"
                            + " topology.kubernetes.io/zone",
                    LABEL_KEYS),
            entry(".spec.resources.limits.cpu" + CPU, NO_NODE),
            entry(".spec.resources.requests.cpu" + CPU, NO_NODE),
            entry(".spec.resources.limits.memory" + MEMORY, NO_NODE),
            entry(".spec.resources.requests.memory" + MEMORY, NO_NODE),
            entry(".spec.resources: new rule: requests.cpu must be at most limits.cpu", WIDER),
            entry(".spec.resources: new rule: requests.memory must be at most limits.memory", WIDER),
            entry(
                    ".spec.tasks.maxAllocation: new rule: maxAllocation must be a quantity of bytes from 1Mi to 1Ti, such as 512Mi",
                    EXPONENTS),
            entry(
                    ".spec.tasks.maxBodySize: new rule: maxBodySize must be a quantity of bytes from 1Ki to 1Gi, such as 64Mi",
                    EXPONENTS),
            entry(
                    ".spec.tasks.sharedMemory: new rule: sharedMemory must be a quantity of bytes from 0 to 1Gi, such as 64Mi",
                    EXPONENTS),
            entry(
                    ".spec.runs.retentionSize: new rule: retentionSize must be a quantity of bytes from 1Mi to 64Gi, such as 128Mi",
                    EXPONENTS));

    private static final List<String> UPPER_BOUNDS = List.of("maximum", "maxLength", "maxItems", "maxProperties");
    private static final List<String> LOWER_BOUNDS = List.of("minimum", "minLength", "minItems", "minProperties");

    /** Another value of these is another meaning, or another way of merging, of what is stored. */
    private static final List<String> FIXED = List.of(
            "type",
            "format",
            "pattern",
            "default",
            "nullable",
            "x-kubernetes-int-or-string",
            "x-kubernetes-list-type",
            "x-kubernetes-list-map-keys",
            "x-kubernetes-preserve-unknown-fields");

    private final Set<String> narrowed = new LinkedHashSet<>();

    @Test
    void theSchemaOnlyWidens() throws IOException {
        compare("", schema(released()), schema(present()));

        assertThat(narrowed)
                .as("what was valid under the last release and is not now, beside the exceptions")
                .containsExactlyInAnyOrderElementsOf(EXCEPTIONS.keySet());
    }

    @Test
    void theResourceIsTheSame() throws IOException {
        for (String field : List.of("/spec/group", "/spec/names", "/spec/scope", "/spec/versions/0/name")) {
            assertThat(present().at(field)).as(field).isEqualTo(released().at(field));
        }
        for (String field : List.of("served", "storage", "subresources")) {
            assertThat(present().at("/spec/versions/0").get(field))
                    .as(field)
                    .isEqualTo(released().at("/spec/versions/0").get(field));
        }
    }

    @Test
    void whatNarrowsIsFound() throws IOException {
        JsonNode before = YAML.readTree("""
                {type: object, properties: {a: {type: string, maxLength: 5}, b: {type: string, enum: [x, y]}, c: {type: integer}}}
                """);
        JsonNode after = YAML.readTree("""
                {type: object, required: [a], properties: {a: {type: integer, maxLength: 4}, b: {type: string, enum: [x]}}}
                """);

        compare("", before, after);

        assertThat(narrowed)
                .containsExactlyInAnyOrder(
                        ": newly required: a",
                        ".a: type was \"string\" and is \"integer\"",
                        ".a: maxLength was 5 and is 4",
                        ".b: no longer in enum: y",
                        ".c: removed");
    }

    private void compare(String path, JsonNode released, JsonNode present) {
        FIXED.stream()
                .filter(word -> !released.path(word).equals(present.path(word)))
                .forEach(word -> changed(path, word, released, present));
        UPPER_BOUNDS.stream()
                .filter(word -> present.has(word)
                        && (!released.has(word)
                                || present.get(word).asDouble()
                                        < released.get(word).asDouble()))
                .forEach(word -> changed(path, word, released, present));
        LOWER_BOUNDS.stream()
                .filter(word -> present.has(word)
                        && (!released.has(word)
                                || present.get(word).asDouble()
                                        > released.get(word).asDouble()))
                .forEach(word -> changed(path, word, released, present));
        without(texts(present.path("required")), texts(released.path("required")))
                .forEach(field -> narrowed.add(path + ": newly required: " + field));
        if (present.has("enum")) {
            without(texts(released.path("enum")), texts(present.path("enum")))
                    .forEach(word -> narrowed.add(path + ": no longer in enum: " + word));
        }
        compareRules(path, released, present);
        compareChildren(path, released, present);
    }

    private void compareRules(String path, JsonNode released, JsonNode present) {
        for (JsonNode rule : present.path("x-kubernetes-validations")) {
            if (!texts(released.path("x-kubernetes-validations"), "rule")
                    .contains(rule.path("rule").asText())) {
                narrowed.add(path + ": new rule: " + rule.path("message").asText());
            }
        }
    }

    private void compareChildren(String path, JsonNode released, JsonNode present) {
        released.path("properties").properties().forEach(field -> {
            JsonNode now = present.path("properties").path(field.getKey());
            if (now.isMissingNode()) {
                narrowed.add(path + "." + field.getKey() + ": removed");
            } else {
                compare(path + "." + field.getKey(), field.getValue(), now);
            }
        });
        if (released.has("items")) {
            compare(path + "[]", released.get("items"), present.path("items"));
        }
        if (released.path("additionalProperties").isObject()) {
            compare(path + ".*", released.get("additionalProperties"), present.path("additionalProperties"));
        }
    }

    private void changed(String path, String word, JsonNode released, JsonNode present) {
        narrowed.add(path + ": " + word + " was " + released.path(word) + " and is " + present.path(word));
    }

    private static Set<String> without(Set<String> texts, Set<String> others) {
        texts.removeAll(others);
        return texts;
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new HashSet<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static Set<String> texts(JsonNode array, String field) {
        Set<String> texts = new HashSet<>();
        array.forEach(object -> texts.add(object.path(field).asText()));
        return texts;
    }

    private static JsonNode schema(JsonNode crd) {
        return crd.at("/spec/versions/0/schema/openAPIV3Schema");
    }

    private static JsonNode present() throws IOException {
        return YAML.readTree(Path.of("workerpools.workerpool.dev-v1.yaml").toFile());
    }

    private static JsonNode released() throws IOException {
        try (InputStream crd = ReleasedCrdTest.class.getResourceAsStream(RELEASED)) {
            return YAML.readTree(crd);
        }
    }
}
