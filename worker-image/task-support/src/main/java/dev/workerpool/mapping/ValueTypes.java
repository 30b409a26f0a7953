package dev.workerpool.mapping;

import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.ArrayType;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.util.Set;
import java.util.UUID;

/** How values are read and written that Jackson by itself does not know, or reads too kindly. */
final class ValueTypes extends Module {
    /** As ISO-8601 strings, which is what their {@code toString} gives and their {@code parse} takes. */
    private static final Set<Class<?>> TEMPORAL = Set.of(
            Instant.class,
            Duration.class,
            Period.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetDateTime.class);

    static boolean isTemporal(Class<?> type) {
        return TEMPORAL.contains(type);
    }

    @Override
    public String getModuleName() {
        return "workerpool";
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    public void setupModule(SetupContext context) {
        context.addDeserializers(new Readers());
        context.addKeyDeserializers(new StrictKeys());
        context.addSerializers(new Writers());
    }

    private static final class Readers extends Deserializers.Base {
        @Override
        public JsonDeserializer<?> findBeanDeserializer(
                JavaType type, DeserializationConfig config, BeanDescription bean) {
            Class<?> raw = type.getRawClass();
            if (isTemporal(raw)) {
                return new TemporalReader(raw);
            }
            if (raw == UUID.class) {
                return new UuidReader();
            }
            return OptionalValues.isOptional(raw) ? OptionalValues.reader(type) : StrictNumbers.scalar(raw);
        }

        @Override
        public JsonDeserializer<?> findArrayDeserializer(
                ArrayType type,
                DeserializationConfig config,
                BeanDescription bean,
                TypeDeserializer elementType,
                JsonDeserializer<?> element) {
            return StrictNumbers.array(type.getContentType().getRawClass());
        }
    }

    private static final class Writers extends Serializers.Base {
        @Override
        public JsonSerializer<?> findSerializer(SerializationConfig config, JavaType type, BeanDescription bean) {
            Class<?> raw = type.getRawClass();
            if (isTemporal(raw)) {
                return ToStringSerializer.instance;
            }
            return OptionalValues.isOptional(raw) ? OptionalValues.writer(type) : FiniteNumbers.writer(raw);
        }

        @Override
        public JsonSerializer<?> findArraySerializer(
                SerializationConfig config,
                ArrayType type,
                BeanDescription bean,
                TypeSerializer elementType,
                JsonSerializer<Object> element) {
            return FiniteNumbers.writer(type.getRawClass());
        }
    }
}
