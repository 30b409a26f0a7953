package dev.workerpool.operator.desired;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a Deployment notes of the template it was last given: a digest of the part that rolls the pods, and one of the part
 * that lags behind. The first tells whether something changed that rolls; the second, whether somebody changed the
 * lagging part by hand.
 */
record TemplateMark(String rolling, String live) {

    static final String ANNOTATION = "workerpool.dev/template";

    static TemplateMark of(PodTemplateSpec template, List<EnvVar> live, Cpu cpu) {
        JsonNode rolling = Serialization.jsonMapper().valueToTree(template);
        JsonNode spec = rolling.path("spec");
        spec.path("initContainers").forEach(TemplateMark::dropCpu);
        for (JsonNode container : spec.path("containers")) {
            dropCpu(container);
            if (WorkerPoolNames.WORKER_CONTAINER.equals(container.path("name").asText())) {
                dropLive(container.path("env"));
            }
        }
        Map<String, ?> lagging = Map.of("environment", live, "cpu", cpu.amounts());
        return new TemplateMark(
                digest(rolling), digest(Serialization.jsonMapper().valueToTree(lagging)));
    }

    private static void dropLive(JsonNode environment) {
        for (int index = environment.size() - 1; index >= 0; index--) {
            if (LiveEnvironment.isLive(environment.get(index).path("name").asText())) {
                ((ArrayNode) environment).remove(index);
            }
        }
    }

    private static void dropCpu(JsonNode container) {
        for (JsonNode amounts : container.path("resources")) {
            if (amounts instanceof ObjectNode object) {
                object.remove("cpu");
            }
        }
    }

    /** Empty when there is none, or one that nobody of us wrote. */
    static Optional<TemplateMark> parse(String text) {
        String[] digests = text == null ? new String[0] : text.split("/", -1);
        return digests.length == 2 ? Optional.of(new TemplateMark(digests[0], digests[1])) : Optional.empty();
    }

    String text() {
        return rolling + "/" + live;
    }

    private static String digest(JsonNode tree) {
        String canonical = canonical(tree).toString();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /**
     * Sorted, and without what says nothing: whether a library writes an empty list or leaves it out must not look like a
     * change.
     */
    private static JsonNode canonical(JsonNode node) {
        if (node.isObject()) {
            var sorted = new TreeMap<String, JsonNode>();
            node.properties().forEach(field -> sorted.put(field.getKey(), canonical(field.getValue())));
            sorted.values().removeIf(value -> value.isNull() || (value.isContainerNode() && value.isEmpty()));
            ObjectNode object = Serialization.jsonMapper().createObjectNode();
            object.setAll(sorted);
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = Serialization.jsonMapper().createArrayNode();
            node.forEach(element -> array.add(canonical(element)));
            return array;
        }
        return node;
    }

    /**
     * Whether {@code actual}, which the API server filled up with its defaults, has all that {@code desired} has. For a
     * Deployment without a mark.
     */
    static boolean covers(Object actual, Object desired) {
        return covers(
                canonical(Serialization.jsonMapper().valueToTree(actual)),
                canonical(Serialization.jsonMapper().valueToTree(desired)));
    }

    private static boolean covers(JsonNode actual, JsonNode desired) {
        if (actual == null) {
            return false;
        }
        if (desired.isObject()) {
            return desired.properties().stream()
                    .allMatch(field -> covers(actual.get(field.getKey()), field.getValue()));
        }
        if (desired.isArray()) {
            boolean all = actual.isArray() && actual.size() == desired.size();
            for (int index = 0; all && index < desired.size(); index++) {
                all = covers(actual.get(index), desired.get(index));
            }
            return all;
        }
        return actual.equals(desired);
    }
}
