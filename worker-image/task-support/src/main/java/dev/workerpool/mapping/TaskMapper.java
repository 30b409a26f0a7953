package dev.workerpool.mapping;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import com.fasterxml.jackson.databind.util.LookupCache;
import dev.workerpool.task.Task;

/**
 * Maps the inputs and outputs of the tasks of one jar. JSON is read strictly, so that a caller's slip is told rather than
 * guessed at. Its caches hold the jar's classes and go when it goes. Thread-safe.
 */
public final class TaskMapper {
    private final JsonMapper json = json();
    private final TaskMessages messages = new TaskMessages(json);

    /** @throws UnmappableTaskException when the class does not say what it takes and gives, or it cannot be made from JSON */
    public TaskMapping map(Class<? extends Task<?, ?>> task) throws UnmappableTaskException {
        return TaskMapping.of(task, json);
    }

    /** How messages to and from running tasks travel. */
    public TaskMessages messages() {
        return messages;
    }

    static JsonMapper json() {
        var factory = JsonFactory.builder()
                .streamReadConstraints(new InputBounds())
                .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
                .build();
        LookupCache<Object, JavaType> cache = new LRUMap<>(16, 200);
        JsonMapper mapper = JsonMapper.builder(factory)
                .typeFactory(TypeFactory.defaultInstance().withCache(cache))
                .annotationIntrospector(new SealedTypes())
                .addModule(new ValueTypes())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .build();
        mapper.coercionConfigFor(LogicalType.Textual)
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
        return mapper;
    }
}
