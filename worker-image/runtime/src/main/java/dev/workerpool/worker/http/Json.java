package dev.workerpool.worker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The worker's own JSON: problems, lists, status. Made of maps, lists and strings only. */
final class Json {
    private static final ObjectWriter WRITER = new JsonMapper().writer();

    private Json() {}

    static byte[] bytes(Object value) {
        try {
            return WRITER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
