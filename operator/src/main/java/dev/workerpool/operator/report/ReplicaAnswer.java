package dev.workerpool.operator.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.workerpool.operator.status.Load;
import dev.workerpool.operator.status.SettingsInForce;
import java.io.IOException;
import java.util.Optional;

/**
 * What a replica answers at {@code /status}, parted by how it is used: the report seldom changes and wakes the pool's
 * reconciliation when it does, the numbers always change and wake nothing.
 *
 * @param rejected tasks the worker refused since it started
 * @param crowdedOut those of them for which no thread was to be had in time
 * @param completed tasks that ended since it started
 * @param settings what it runs with; empty when it does not say, as one of another version
 */
record ReplicaAnswer(
        ReplicaReport report,
        Load load,
        long rejected,
        long crowdedOut,
        long completed,
        Optional<SettingsInForce> settings) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @throws IOException when it is not what a replica answers */
    static ReplicaAnswer parse(byte[] bytes) throws IOException {
        JsonNode json = JSON.readTree(bytes);
        if (json == null || !json.isObject()) {
            throw new IOException("not the status of a replica");
        }
        JsonNode refused = json.path("rejected");
        return new ReplicaAnswer(
                report(json),
                load(json),
                sum(refused),
                refused.path("queue-full").asLong()
                        + refused.path("wait-exceeded").asLong(),
                json.path("completed").asLong(),
                settings(json));
    }

    /** Its load with what came and went since an answer of the same worker. */
    ReplicaAnswer since(ReplicaAnswer before) {
        return new ReplicaAnswer(
                report,
                new Load(
                        load.threads(),
                        load.active(),
                        load.queued(),
                        more(completed, before.completed),
                        more(crowdedOut, before.crowdedOut)),
                rejected,
                crowdedOut,
                completed,
                settings);
    }

    private static long more(long now, long before) {
        return Math.clamp(now - before, 0, Integer.MAX_VALUE);
    }

    private static ReplicaReport report(JsonNode json) throws JsonProcessingException {
        return JSON.treeToValue(json, ReplicaReport.class);
    }

    private static Load load(JsonNode json) {
        return new Load(
                json.path("threads").size(),
                json.path("active").asInt(),
                json.path("queued").asInt());
    }

    private static Optional<SettingsInForce> settings(JsonNode json) {
        return Optional.of(json.path("generation"))
                .filter(JsonNode::isIntegralNumber)
                .map(generation -> new SettingsInForce(
                        generation.asLong(),
                        json.path("settings").path("threads").asInt(0),
                        json.path("threadsMissing").asInt(0)));
    }

    /** By reason. */
    private static long sum(JsonNode rejected) {
        long sum = 0;
        for (JsonNode count : rejected) {
            sum += count.asLong();
        }
        return sum;
    }
}
