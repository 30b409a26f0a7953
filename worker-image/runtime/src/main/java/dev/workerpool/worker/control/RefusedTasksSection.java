package dev.workerpool.worker.control;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workerpool.worker.pool.RefusedTasks;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The field {@code refusedTasks}: task types not to be run for now, each with the time, RFC 3339, at which that ends. */
public final class RefusedTasksSection implements MessageSection {
    private static final int MOST = 64;

    private final RefusedTasks refused;

    public RefusedTasksSection(RefusedTasks refused) {
        this.refused = refused;
    }

    @Override
    public Runnable read(JsonNode value, BiConsumer<String, String> complaint) {
        if (!value.isObject() || value.size() > MOST) {
            complaint.accept("", "must be an object of at most " + MOST + " task types");
            return () -> {};
        }
        Map<String, Instant> until = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            try {
                until.put(entry.getKey(), Instant.parse(entry.getValue().asText()));
            } catch (DateTimeParseException e) {
                complaint.accept(entry.getKey(), "must be a time such as 2026-01-31T12:00:00Z");
            }
        }
        return () -> refused.set(until);
    }
}
