package dev.workerpool.worker.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;

/** Tells a client what the decoder could not read. */
final class MalformedRequests {
    private MalformedRequests() {}

    /** With any other coding, whoever is between us and the client may see the body end, and a request begin, elsewhere. */
    static boolean hasKnownEnd(HttpRequest head) {
        if (!head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return true;
        }
        List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.size() == 1
                && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())
                && head.protocolVersion().equals(HttpVersion.HTTP_1_1);
    }

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
