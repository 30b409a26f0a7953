package dev.workerpool.worker.http;

import dev.workerpool.worker.runs.RunKey;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The Idempotency-Key of a request, with quotes as the draft of the IETF has it or without as most clients send it. */
final class IdempotencyKey {
    static final AsciiString HEADER = AsciiString.cached("idempotency-key");
    private static final String NAME = "Idempotency-Key";
    private static final int MAX_LENGTH = 255;

    private IdempotencyKey() {}

    /** @return null when there is none */
    static String of(HttpHeaders headers) throws InvalidHeaderException {
        List<String> values = headers.getAll(HEADER);
        if (values.isEmpty()) {
            return null;
        }
        String value = values.getFirst().strip();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        String key = quoted ? value.substring(1, value.length() - 1) : value;
        boolean wellFormed = !key.isEmpty()
                && key.length() <= MAX_LENGTH
                && key.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != ',');
        if (values.size() > 1 || !wellFormed) {
            throw new InvalidHeaderException(
                    NAME,
                    "must be one key of 1 to " + MAX_LENGTH
                            + " printable ASCII characters without quotes, commas and backslashes");
        }
        return key;
    }

    /** Takes as long as reading all of the body. */
    static RunKey fingerprinted(String key, String task, Request request, ByteBuffer body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            // No part has a line break, so none can run into the next.
            String head = task + '\n' + request.query() + '\n' + request.contentType() + '\n';
            digest.update(head.getBytes(StandardCharsets.UTF_8));
            digest.update(body.duplicate());
            return new RunKey(key, HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
