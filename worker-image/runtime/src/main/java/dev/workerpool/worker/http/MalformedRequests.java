package dev.workerpool.worker.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** Tells a client what the decoder could not read. */
final class MalformedRequests {
    private MalformedRequests() {}

    static Response problem(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException e ->
                Problem.TARGET_TOO_LONG.because(
                        "The request line must have at most " + HttpLimits.MAX_REQUEST_LINE + " bytes");
            case TooLongHttpHeaderException e ->
                Problem.HEADERS_TOO_LARGE.because(
                        "All headers together must have at most " + HttpLimits.MAX_HEADERS + " bytes");
            default -> Problem.MALFORMED_REQUEST.because(String.valueOf(cause.getMessage()));
        };
    }
}
