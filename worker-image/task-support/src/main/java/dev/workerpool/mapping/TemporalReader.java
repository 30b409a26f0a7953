package dev.workerpool.mapping;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.format.DateTimeParseException;

/** Reads a type of {@code java.time} from its ISO-8601 text. */
final class TemporalReader extends FromStringDeserializer<Object> {
    private static final long serialVersionUID = 1L;

    TemporalReader(Class<?> type) {
        super(type);
    }

    @Override
    protected Object _deserialize(String text, DeserializationContext context) throws IOException {
        try {
            return parse(text);
        } catch (DateTimeParseException e) {
            return context.handleWeirdStringValue(_valueClass, text, "is not ISO-8601");
        }
    }

    @Override
    protected Object _deserializeFromEmptyString(DeserializationContext context) throws IOException {
        return context.handleWeirdStringValue(_valueClass, "", "is not ISO-8601");
    }

    private Object parse(String text) {
        if (_valueClass == Instant.class) {
            return Instant.parse(text);
        }
        if (_valueClass == Duration.class) {
            return Duration.parse(text);
        }
        if (_valueClass == Period.class) {
            return Period.parse(text);
        }
        if (_valueClass == LocalDate.class) {
            return LocalDate.parse(text);
        }
        if (_valueClass == LocalTime.class) {
            return LocalTime.parse(text);
        }
        return _valueClass == LocalDateTime.class ? LocalDateTime.parse(text) : OffsetDateTime.parse(text);
    }
}
