package dev.workerpool.operator.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.LiveSettings;
import java.util.Map;

/**
 * What a replica is to be told.
 *
 * @param pool its uid
 * @param sections what is in it beside the settings, by the name of the field
 * @param body all of it, as JSON
 */
record Message(String pool, long generation, Map<String, ?> sections, String body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static Message of(WorkerPool pool, LiveSettings settings, Map<String, ?> sections) {
        long generation = pool.getMetadata().getGeneration();
        Map<String, Object> message = settings.message(generation);
        message.putAll(sections);
        try {
            String uid = pool.getMetadata().getUid();
            return new Message(uid, generation, Map.copyOf(sections), JSON.writeValueAsString(message));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts and numbers", e);
        }
    }
}
