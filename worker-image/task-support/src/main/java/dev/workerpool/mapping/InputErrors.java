package dev.workerpool.mapping;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.IgnoredPropertyException;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import dev.workerpool.task.InvalidInputException;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What Jackson says about an input, told to the caller as field and rule. */
final class InputErrors {
    /** Jackson has no type of its own for this one. */
    private static final String DUPLICATE = "Duplicate field";

    /** Nor for these two: a primitive that is null or absent, as a component and in an array. */
    private static final List<String> NULL = List.of("Cannot map `null`", "Cannot coerce `null`");

    /** Nor for this one. */
    private static final String TRAILING = "Trailing token";

    /** Where the bracket was opened that another kind of bracket closes, which Jackson tells with what it hides of the source. */
    private static final Pattern OPENED =
            Pattern.compile("\\(for (\\w+) starting at \\[Source: .*; line: (\\d+), column: (\\d+)]\\)");

    /** Advice to whoever configures the parser. */
    private static final Pattern ADVICE = Pattern.compile("[:;,(]?\\s*(enable|\\[?Source:|not allowed as per) .*");

    private InputErrors() {}

    static InvalidTaskInputException of(JsonProcessingException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            switch (cause) {
                // Jackson wraps these too; they end the thread, and no caller can mend them.
                case Error error -> throw error;
                case InvalidInputException refused -> {
                    return new InvalidTaskInputException(join(path(e), refused.field()), refused.rule());
                }
                case InputCoercionException tooLarge -> {
                    return invalid(e, "must be " + TypeNames.of(tooLarge.getTargetType()));
                }
                case StreamConstraintsException beyond -> {
                    return invalid(e, beyond.getOriginalMessage());
                }
                case JsonMappingException mapping -> {}
                case JsonProcessingException malformed -> {
                    return malformed(malformed);
                }
                default -> {}
            }
        }
        return mapping((JsonMappingException) e);
    }

    private static InvalidTaskInputException mapping(JsonMappingException e) {
        if (e.getOriginalMessage().startsWith(TRAILING)) {
            return new InvalidTaskInputException("body", "must be well-formed JSON: more comes after its end");
        }
        return switch (e) {
            case InvalidTypeIdException id -> typeId(id);
            case UnrecognizedPropertyException unknown -> invalid(e, "is unknown; known are " + known(unknown));
            case IgnoredPropertyException ignored -> invalid(e, "may not be given");
            case InvalidFormatException format -> invalid(e, "must be " + TypeNames.of(format.getTargetType()));
            case ValueInstantiationException refused -> invalid(e, refusal(refused.getCause()));
            case InvalidDefinitionException definition ->
                throw new IllegalStateException(
                        "The input cannot be made from JSON: " + definition.getOriginalMessage(), definition);
            case MismatchedInputException mismatch
            when NULL.stream().anyMatch(mismatch.getOriginalMessage()::startsWith) -> invalid(e, "is required");
            case MismatchedInputException mismatch
            when mismatch.getTargetType() != null -> invalid(e, "must be " + TypeNames.of(mismatch.getTargetType()));
            default -> invalid(e, e.getCause() == null ? "cannot be made of this" : refusal(e.getCause()));
        };
    }

    private static InvalidTaskInputException typeId(InvalidTypeIdException e) {
        String field = join(path(e), SealedTypes.FIELD);
        Class<?> base = e.getBaseType().getRawClass();
        if (e.getTypeId() == null || !SealedTypes.isSealed(base)) {
            return new InvalidTaskInputException(field, "is required");
        }
        String known =
                SealedTypes.concrete(base).stream().map(Class::getSimpleName).collect(Collectors.joining(", "));
        return new InvalidTaskInputException(field, "must be one of [" + known + "]");
    }

    /** What a constructor threw: a rule of the task's, in its own words if it has any. */
    private static String refusal(Throwable thrown) {
        return thrown.getMessage() == null
                ? "cannot be made of this: " + thrown.getClass().getName()
                : thrown.getMessage();
    }

    private static InvalidTaskInputException malformed(JsonProcessingException e) {
        if (e.getOriginalMessage() != null
                && e.getOriginalMessage().startsWith(DUPLICATE)
                && e.getProcessor() instanceof JsonParser parser) {
            return new InvalidTaskInputException(path(parser.getParsingContext()), "must be given once");
        }
        var at = e.getLocation();
        // Jackson's own words for this one tell of its buffers.
        String what = e instanceof JsonEOFException ? "it ends too early" : own(e.getOriginalMessage());
        String where = at == null ? what : "%s (line %d, column %d)".formatted(what, at.getLineNr(), at.getColumnNr());
        return new InvalidTaskInputException("body", "must be well-formed JSON: " + where);
    }

    /** What the parser says, without what it says to its programmer. */
    private static String own(String message) {
        return ADVICE.matcher(OPENED.matcher(message).replaceAll("(for the $1 that begins at line $2, column $3)"))
                .replaceAll("");
    }

    private static InvalidTaskInputException invalid(JsonProcessingException e, String rule) {
        String path = e instanceof JsonMappingException mapping ? path(mapping) : "";
        return new InvalidTaskInputException(path.isEmpty() ? "body" : path, rule);
    }

    static String path(JsonProcessingException e) {
        var path = new StringBuilder();
        if (e instanceof JsonMappingException mapping) {
            for (var step : mapping.getPath()) {
                step(path, step.getFieldName(), step.getIndex());
            }
        }
        return path.toString();
    }

    private static String path(JsonStreamContext context) {
        var path = new StringBuilder();
        if (context.getParent() != null && !context.getParent().inRoot()) {
            path.append(path(context.getParent()));
        }
        if (context.inArray()) {
            step(path, null, context.getCurrentIndex());
        } else if (context.getCurrentName() != null) {
            step(path, context.getCurrentName(), -1);
        }
        return path.toString();
    }

    private static void step(StringBuilder path, String field, int index) {
        if (field == null) {
            path.append('[').append(index).append(']');
        } else {
            path.append(path.isEmpty() ? "" : ".").append(field);
        }
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private static String known(UnrecognizedPropertyException e) {
        Collection<Object> ids = e.getKnownPropertyIds();
        return ids == null || ids.isEmpty()
                ? "none"
                : ids.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
    }
}
