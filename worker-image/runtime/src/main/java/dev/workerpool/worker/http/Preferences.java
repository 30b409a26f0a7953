package dev.workerpool.worker.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.time.Duration;

/**
 * What a caller would like, as RFC 7240 has it. What is unknown or cannot be understood is no error there, but not heard.
 *
 * @param async the caller does not want to wait for the outcome
 * @param patience how long the caller likes to wait; null when it does not say
 */
record Preferences(boolean async, Duration patience) {
    static final AsciiString HEADER = AsciiString.cached("prefer");
    private static final Preferences NONE = new Preferences(false, null);

    /** More is as this: whoever is between us and the client gives up about then. */
    private static final int MAX_WAIT = 60;

    static Preferences of(HttpHeaders headers) {
        if (!headers.contains(HEADER)) {
            return NONE;
        }
        boolean async = false;
        Duration patience = null;
        for (String header : headers.getAll(HEADER)) {
            for (String preference : header.split(",")) {
                // Parameters of a preference come behind a semicolon; those we know have none.
                String[] parts = preference.split(";", 2)[0].split("=", 2);
                String name = parts[0].strip();
                if (name.equalsIgnoreCase("respond-async")) {
                    async = true;
                } else if (name.equalsIgnoreCase("wait") && parts.length == 2 && patience == null) {
                    patience = seconds(parts[1].strip());
                }
            }
        }
        return new Preferences(async, patience);
    }

    private static Duration seconds(String text) {
        String digits = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        return Duration.ofSeconds(digits.length() > 2 ? MAX_WAIT : Math.min(MAX_WAIT, Integer.parseInt(digits)));
    }

    boolean waits() {
        return patience != null && patience.isPositive();
    }

    /** For the header that tells what was done of it. */
    String[] applied(boolean async) {
        if (!async && patience == null) {
            return new String[0];
        }
        String wait = patience == null ? "" : "wait=" + patience.toSeconds();
        String text = !async ? wait : patience == null ? "respond-async" : "respond-async, " + wait;
        return new String[] {"Preference-Applied", text};
    }
}
