package dev.workerpool.worker.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Whose control messages a worker takes.
 *
 * @param keys public keys of which one must have signed; none when no message is taken
 * @param audience whom a message must be meant for: {@code <namespace>/<pod name>/<pod uid>}
 */
public record ControlSettings(List<byte[]> keys, String audience) {
    /** All that an Ed25519 key has in X.509 before its 32 bytes. Compared by hand: key factories take 50 ms to come up. */
    private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int KEY_LENGTH = ED25519.length + 32;

    /** One of them is in use, the others are being introduced or withdrawn. */
    private static final int MAX_KEYS = 8;

    public static final Rule<List<byte[]>> KEYS = new Rule<>(
            "must be 1 to " + MAX_KEYS + " Ed25519 public keys (X.509 in base64, one line each), separated by spaces",
            ControlSettings::keys);

    private static List<byte[]> keys(String text) {
        var keys = new ArrayList<byte[]>();
        for (String encoded : text.split(" +")) {
            byte[] key = Base64.getDecoder().decode(encoded);
            if (key.length != KEY_LENGTH || !Arrays.equals(key, 0, ED25519.length, ED25519, 0, ED25519.length)) {
                return null;
            }
            keys.add(key);
        }
        return keys.size() > MAX_KEYS ? null : keys;
    }
}
