package dev.workerpool.worker.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.worker.control.InvalidMessageException.Violation;
import dev.workerpool.worker.pool.LiveSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a control message. Every field but the generation may be absent and then stays as it is; a field that is unknown or
 * breaks its rule makes the whole message unusable.
 */
final class SettingsMessage {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** What a message asks for. @param effects what the owners of other sections do with theirs */
    record Change(LiveSettings settings, List<Runnable> effects) {}

    private final Map<String, MessageSection> sections;
    private final List<Violation> violations = new ArrayList<>();

    private SettingsMessage(Map<String, MessageSection> sections) {
        this.sections = sections;
    }

    /** @return what is to be in force: {@code current} with what the message changes */
    static Change read(ByteBuffer body, LiveSettings current, Map<String, MessageSection> sections)
            throws InvalidMessageException {
        return new SettingsMessage(sections).change(tree(body), current);
    }

    private static JsonNode tree(ByteBuffer body) throws InvalidMessageException {
        try {
            return JSON.readTree(body.array(), body.arrayOffset() + body.position(), body.remaining());
        } catch (JsonProcessingException e) {
            throw new InvalidMessageException(
                    List.of(new Violation("body", "must be a JSON object: " + e.getOriginalMessage())));
        } catch (IOException e) {
            throw new IllegalStateException(e); // There is no I/O in an array.
        }
    }

    private Change change(JsonNode message, LiveSettings current) throws InvalidMessageException {
        Set<String> known = new TreeSet<>(Set.of("generation", "threads", "queue", "tasks", "drain", "config"));
        known.addAll(sections.keySet());
        JsonNode root = object(message, "", known);
        if (root.isObject() && !root.has("generation")) {
            violations.add(new Violation("generation", "is missing"));
        }
        LiveSettings settings = settings(root, current);
        List<Runnable> effects = effects(root);
        if (!violations.isEmpty()) {
            throw new InvalidMessageException(violations);
        }
        return new Change(settings, effects);
    }

    private LiveSettings settings(JsonNode root, LiveSettings current) {
        JsonNode queue = object(root.path("queue"), "queue", Set.of("capacity", "maxWait"));
        JsonNode tasks = object(root.path("tasks"), "tasks", Set.of("timeout", "maxAllocation"));
        JsonNode drain = object(root.path("drain"), "drain", Set.of("timeout"));
        return new LiveSettings(
                number(root, "", "generation", LiveRules.GENERATION, current.generation()),
                (int) number(root, "", "threads", LiveRules.THREADS, current.threads()),
                (int) number(queue, "queue.", "capacity", LiveRules.QUEUE_CAPACITY, current.queueCapacity()),
                text(queue, "queue.", "maxWait", LiveRules.MAX_WAIT, current.maxWait()),
                text(tasks, "tasks.", "timeout", LiveRules.TIMEOUT, current.timeout()),
                tasks.path("maxAllocation").isNull()
                        ? 0
                        : text(tasks, "tasks.", "maxAllocation", LiveRules.MAX_ALLOCATION, current.maxAllocation()),
                text(drain, "drain.", "timeout", LiveRules.DRAIN_TIMEOUT, current.drainTimeout()),
                config(root.path("config"), current.config()));
    }

    private List<Runnable> effects(JsonNode root) {
        var effects = new ArrayList<Runnable>();
        sections.forEach((name, section) -> {
            if (root.has(name)) {
                effects.add(section.read(
                        root.get(name),
                        (field, rule) ->
                                violations.add(new Violation(field.isEmpty() ? name : name + "." + field, rule))));
            }
        });
        return effects;
    }

    /** Complains of what is no object and of fields it must not have. */
    private JsonNode object(JsonNode node, String path, Set<String> known) {
        if (node.isMissingNode() && !path.isEmpty()) {
            return node;
        }
        if (!node.isObject()) {
            violations.add(new Violation(path.isEmpty() ? "body" : path, "must be a JSON object"));
            return JSON.missingNode();
        }
        node.propertyStream()
                .map(Map.Entry::getKey)
                .filter(name -> !known.contains(name))
                .forEach(name -> violations.add(new Violation(
                        path.isEmpty() ? name : path + "." + name,
                        "is unknown; known are " + String.join(", ", new TreeSet<>(known)))));
        return node;
    }

    private long number(JsonNode parent, String path, String name, Rule<Long> rule, long otherwise) {
        JsonNode node = parent.path(name);
        return node.isMissingNode()
                ? otherwise
                : value(node.isIntegralNumber() ? node.asText() : null, path + name, rule, otherwise);
    }

    private <T> T text(JsonNode parent, String path, String name, Rule<T> rule, T otherwise) {
        JsonNode node = parent.path(name);
        return node.isMissingNode() ? otherwise : value(node.textValue(), path + name, rule, otherwise);
    }

    /** @param text null when it is of another type */
    private <T> T value(String text, String path, Rule<T> rule, T otherwise) {
        T value = text == null ? null : rule.read(text);
        if (value == null) {
            violations.add(new Violation(path, rule.text()));
            return otherwise;
        }
        return value;
    }

    private Map<String, String> config(JsonNode node, Map<String, String> otherwise) {
        Map<String, String> config = node.isMissingNode() ? otherwise : LiveRules.config(node);
        if (config == null) {
            violations.add(new Violation("config", LiveRules.CONFIG.text()));
            return otherwise;
        }
        return config;
    }
}
