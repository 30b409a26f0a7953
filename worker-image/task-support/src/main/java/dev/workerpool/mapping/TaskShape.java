package dev.workerpool.mapping;

import java.util.Map;

/**
 * What a task takes and gives, as JSON Schema 2020-12, made of maps, lists, strings, numbers and booleans.
 *
 * @param input null when it takes nothing
 * @param output null when it gives nothing
 * @param definitions that the schemas refer to by {@code #/components/schemas/<name>}; each name begins with the task's type
 */
public record TaskShape(Body input, Body output, Map<String, Object> definitions) {
    /**
     * @param mediaType such as {@code application/json}; {@code *}{@code /*} for any
     * @param schema empty for bytes, which have none
     */
    public record Body(String mediaType, Map<String, Object> schema) {}
}
