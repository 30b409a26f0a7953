package dev.workerpool.operator.desired;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
                Digest.of(rolling), Digest.of(Serialization.jsonMapper().valueToTree(lagging)));
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
}
