package dev.workerpool.operator.desired;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map.Entry;
import java.util.Set;
import java.util.TreeMap;

/**
 * A child as it is applied: with a note of all that we apply to it, so that what is there tells whether it has to be applied
 * again. What we stopped to apply changes the note, what somebody changed or took away is missing, and what somebody added is
 * theirs, as server-side apply has it. Who owns which field says the same and is most of an object; with the note nobody has to
 * read it.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-side apply</a>
 */
public final class AppliedForm {

    static final String ANNOTATION = "workerpool.dev/applied";

    /**
     * Lists that are merged, by a key of their elements, so that others may add to them; all others are of one owner as a whole.
     * Of those in Kubernetes, the ones that we apply.
     */
    private static final Set<String> MERGED = Set.of(
            "containers",
            "env",
            "imagePullSecrets",
            "initContainers",
            "ownerReferences",
            "ports",
            "topologySpreadConstraints",
            "volumeMounts",
            "volumes");

    private final JsonNode tree;

    private AppliedForm(JsonNode tree) {
        this.tree = tree;
    }

    /** Writes the note into what is desired. */
    public static AppliedForm of(HasMetadata desired) {
        JsonNode tree = tree(desired);
        String note = Digest.of(tree);
        var annotations = new TreeMap<>(desired.getMetadata().getAnnotations());
        annotations.put(ANNOTATION, note);
        desired.getMetadata().setAnnotations(annotations);
        ((ObjectNode) tree.get("metadata")).withObjectProperty("annotations").put(ANNOTATION, note);
        return new AppliedForm(tree);
    }

    /** Whether what is there has all that is desired. */
    public boolean isIn(HasMetadata actual) {
        return covers(tree(actual), tree);
    }

    /** The same of parts, without a note. */
    static boolean covers(Object actual, Object desired) {
        return covers(tree(actual), tree(desired));
    }

    private static JsonNode tree(Object object) {
        return Serialization.jsonMapper().valueToTree(object);
    }

    private static boolean covers(JsonNode actual, JsonNode desired) {
        if (!desired.isObject()) {
            return desired.equals(actual);
        }
        for (Entry<String, JsonNode> field : desired.properties()) {
            if (!covers(field.getKey(), actual.get(field.getKey()), field.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean covers(String name, JsonNode actual, JsonNode desired) {
        if (actual == null) {
            return isNone(name, desired);
        }
        return MERGED.contains(name) && desired.isArray() ? hasAll(actual, desired) : covers(actual, desired);
    }

    private static boolean hasAll(JsonNode list, JsonNode elements) {
        for (JsonNode element : elements) {
            if (!has(list, element)) {
                return false;
            }
        }
        return true;
    }

    /** An environment variable's empty value is left out by the API server. */
    private static boolean isNone(String name, JsonNode desired) {
        return name.equals("value")
                && desired.isTextual()
                && desired.textValue().isEmpty();
    }

    private static boolean has(JsonNode list, JsonNode element) {
        for (JsonNode one : list) {
            if (covers(one, element)) {
                return true;
            }
        }
        return false;
    }
}
