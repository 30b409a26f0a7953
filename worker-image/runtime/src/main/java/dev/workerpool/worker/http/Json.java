package dev.workerpool.worker.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The worker's own JSON: problems, lists, status. Made of maps, lists and strings only, and of what is JSON already. */
final class Json {
    private static final ObjectWriter WRITER = new JsonMapper().writer();

    private static final JsonFactory READER = new JsonFactory();

    private Json() {}

    static byte[] bytes(Object value) {
        try {
            return WRITER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** JSON that is to be part of other JSON; null when it is none. */
    static RawValue embedded(ByteBuffer json) {
        String text = utf8(json);
        if (text == null || text.isBlank()) {
            return null;
        }
        try (JsonParser parser = READER.createParser(text)) {
            parser.nextToken();
            parser.skipChildren();
            return parser.nextToken() == null ? new RawValue(text) : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** @return null when it is not UTF-8 */
    static String utf8(ByteBuffer text) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(text.duplicate()).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
