package dev.workerpool.mapping;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import java.io.IOException;
import java.util.UUID;

/** Reads a UUID from the one form in which it is written: Jackson by itself takes an empty string for null, and Base64. */
final class UuidReader extends FromStringDeserializer<UUID> {
    private static final long serialVersionUID = 1L;

    UuidReader() {
        super(UUID.class);
    }

    @Override
    protected UUID _deserialize(String text, DeserializationContext context) throws IOException {
        try {
            UUID uuid = UUID.fromString(text);
            // It takes shorter groups of digits, too.
            if (uuid.toString().equalsIgnoreCase(text)) {
                return uuid;
            }
        } catch (IllegalArgumentException e) {
            // Refused below.
        }
        return refuse(text, context);
    }

    @Override
    protected Object _deserializeFromEmptyString(DeserializationContext context) throws IOException {
        return refuse("", context);
    }

    private UUID refuse(String text, DeserializationContext context) throws IOException {
        return (UUID) context.handleWeirdStringValue(UUID.class, text, "is no UUID");
    }
}
