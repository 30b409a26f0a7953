package dev.workerpool.mapping;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sealed types in JSON: the object of one of the permitted classes, which {@code "type"} tells by its simple name. Task jars
 * need no annotations for that, and could not use any: the ones they bring are not the ones the worker knows.
 */
final class SealedTypes extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    /** The field that tells which. */
    static final String FIELD = "type";

    private static final JsonTypeInfo.Value BY_NAME =
            JsonTypeInfo.Value.construct(JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, FIELD, null, false, true);

    /** Enums whose constants have bodies are sealed too, and are strings all the same. */
    static boolean isSealed(Class<?> type) {
        return type.isSealed() && !type.isEnum();
    }

    /** The classes that an object of the type can have. */
    static List<Class<?>> concrete(Class<?> type) {
        var classes = new ArrayList<Class<?>>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            if (isSealed(permitted)) {
                classes.addAll(concrete(permitted));
            } else {
                classes.add(permitted);
            }
        }
        return classes;
    }

    @Override
    public JsonTypeInfo.Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        return annotated instanceof AnnotatedClass && isSealed(annotated.getRawType())
                ? BY_NAME
                : super.findPolymorphicTypeInfo(config, annotated);
    }

    @Override
    public List<NamedType> findSubtypes(Annotated annotated) {
        if (!isSealed(annotated.getRawType())) {
            return super.findSubtypes(annotated);
        }
        var named = new ArrayList<NamedType>();
        for (Class<?> type : concrete(annotated.getRawType())) {
            if (type.isRecord()
                    && Arrays.stream(type.getRecordComponents())
                            .anyMatch(component -> component.getName().equals(FIELD))) {
                throw new IllegalArgumentException(type.getName() + " is of a sealed type and has a component '" + FIELD
                        + "', by which JSON tells its class");
            }
            named.add(new NamedType(type, type.getSimpleName()));
        }
        return named;
    }
}
