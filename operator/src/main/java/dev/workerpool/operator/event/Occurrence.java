package dev.workerpool.operator.event;

import java.time.Instant;

/**
 * Something that happened to a pool.
 *
 * @param reason one CamelCase word
 * @param warning whether a person should look
 * @param message for people
 * @param at when it happened, not when it was seen
 * @param identity what tells it from others of the same reason: the same occurrence, seen again by any operator, has the
 *     same identity and is told once
 */
public record Occurrence(String reason, boolean warning, String message, Instant at, String identity) {

    static Occurrence normal(String reason, String message, Instant at, String identity) {
        return new Occurrence(reason, false, message, at, identity);
    }

    static Occurrence warning(String reason, String message, Instant at, String identity) {
        return new Occurrence(reason, true, message, at, identity);
    }
}
