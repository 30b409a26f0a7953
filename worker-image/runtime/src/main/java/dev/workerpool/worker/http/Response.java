package dev.workerpool.worker.http;

import dev.workerpool.worker.runs.KeptResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An answer.
 *
 * @param mediaType null when there is no body
 * @param body null when it is streamed
 * @param result whose result the body is, when others may read it at the same time; else null
 * @param headers names and values in turn, beyond those that every answer has
 */
record Response(int status, String mediaType, ByteBuffer body, KeptResult result, String... headers) {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    Response(int status, String mediaType, ByteBuffer body, String... headers) {
        this(status, mediaType, body, null, headers);
    }

    static Response noContent(String... headers) {
        return new Response(204, null, NOTHING, headers);
    }

    /** The head of an answer whose body is streamed. */
    static Response streamed(int status, String mediaType, String... headers) {
        return new Response(status, mediaType, null, headers);
    }

    static Response text(int status, String mediaType, String text) {
        return new Response(status, mediaType, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    static Response json(int status, Object value) {
        return new Response(status, "application/json", ByteBuffer.wrap(Json.bytes(value)));
    }

    /** With more headers after those it has. */
    Response with(String... more) {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + more.length);
        System.arraycopy(more, 0, all, headers.length, more.length);
        return new Response(status, mediaType, body, result, all);
    }

    /** With a body that is the result of a run which may be kept. */
    Response of(KeptResult run) {
        return new Response(status, mediaType, body, run, headers);
    }
}
