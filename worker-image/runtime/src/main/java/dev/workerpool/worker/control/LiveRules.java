package dev.workerpool.worker.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** What the settings that may change while the worker runs have to be: the same from the environment and in a message. */
public final class LiveRules {
    public static final Rule<Long> GENERATION = Rule.number(0, Long.MAX_VALUE);
    public static final Rule<Long> THREADS = Rule.number(1, 512);
    public static final Rule<Long> QUEUE_CAPACITY = Rule.number(0, 100_000);
    public static final Rule<Duration> MAX_WAIT = Rule.duration("0s", "1h");
    public static final Rule<Duration> TIMEOUT = Rule.duration("1ms", "24h");
    public static final Rule<Long> MAX_ALLOCATION = Rule.quantity("1Mi", "1Ti");
    public static final Rule<Duration> DRAIN_TIMEOUT = Rule.duration("0s", "1h");
    public static final Rule<Map<String, String>> CONFIG =
            new Rule<>("must be a JSON object of strings", LiveRules::config);

    private LiveRules() {}

    private static Map<String, String> config(String json) {
        try {
            return config(JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build()
                    .readTree(json));
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** @return null when it is no object of strings */
    static Map<String, String> config(JsonNode object) {
        if (!object.isObject() || !object.valueStream().allMatch(JsonNode::isTextual)) {
            return null;
        }
        return object.propertyStream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> entry.getValue()
                .textValue()));
    }
}
