package dev.workerpool.worker.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.BiConsumer;

/** A field of control messages that is not about the pool itself: its owner reads it, and puts it in force. */
@FunctionalInterface
public interface MessageSection {
    /**
     * Reads the field and changes nothing yet: another part of the message may turn out to be wrong.
     *
     * @param complaint is told what is wrong, if anything: the field (its path within the section, or empty for the section
     *     itself) and the rule, readable after the field's name
     * @return what puts it in force; not called when anything was complained of
     */
    Runnable read(JsonNode value, BiConsumer<String, String> complaint);

    /** What tells its sender whether what it sent is in force, for the answer; null when that goes without saying. */
    default Object inForce() {
        return null;
    }
}
