package dev.workerpool.worker.control;

import dev.workerpool.worker.pool.LiveSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A message that goes all the way but the last step, and changes nothing: afterwards the library, the cipher and all their
 * classes are there. It is always the same one, written down, for to make a key and sign would take twice as long again; a
 * verifier of its own takes it to be the time when it was signed. Who made it kept no key, and nobody else trusts that key.
 */
final class Rehearsal {
    private static final InstantSource THEN = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));
    private static final String AUDIENCE = "rehearsal";
    private static final String BODY = "{\"generation\":1,\"threads\":1,\"queue\":{\"capacity\":1,\"maxWait\":\"1s\"},"
            + "\"tasks\":{\"timeout\":\"1s\",\"maxAllocation\":\"1Mi\"},\"drain\":{\"timeout\":\"1s\"},\"config\":{\"a\":\"b\"}}";
    private static final String KEY = "MCowBQYDK2VwAyEApLA54sLw37/48cx1kLElIN6iXXhcgFczWBhVL+5uTnc=";

    /** Of issuer, {@link #AUDIENCE}, {@link #THEN}, a minute later, an id and the digest of {@link #BODY}. */
    private static final String TOKEN =
            "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ3b3JrZXJwb29sLW9wZXJhdG9yIiwiYXVkIjoicmVoZWFyc2FsIiwiaWF0IjoxNzY3"
                    + "MjI1NjAwLCJleHAiOjE3NjcyMjU2NjAsImp0aSI6InJlaGVhcnNhbCIsImJvZHkiOiJQVGVPVnRhWjUxSmxKck91QkhCV01jTUZ"
                    + "jcWdZdEtya1dOWkpDcGw2OGhFIn0.ZNqbJONpyICj6nHqffeuRW6ePXZFVh3RLzS28-X6ChDbRs6ORpMXVq9luyrjoenq7_E0OoK"
                    + "uXnZ06GZPoCTGAA";

    private Rehearsal() {}

    static void of(LiveSettings settings) {
        try {
            var itself = new ControlSettings(List.of(Base64.getDecoder().decode(KEY)), AUDIENCE);
            var body = ByteBuffer.wrap(BODY.getBytes(StandardCharsets.UTF_8));
            new TokenVerifier(itself, THEN.instant(), TakenTokens.NONE, THEN).verify(TOKEN, body);
            SettingsDescription.of(
                    SettingsMessage.read(body, settings, Map.of()).settings());
        } catch (ControlRefusedException | InvalidMessageException e) {
            throw new IllegalStateException("A message to itself is refused", e);
        }
    }
}
