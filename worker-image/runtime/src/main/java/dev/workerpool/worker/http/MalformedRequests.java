package dev.workerpool.worker.http;

import dev.workerpool.worker.peers.PeerHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Iterator;
import java.util.List;

/** Tells a client what the decoder could not read. */
final class MalformedRequests {
    private MalformedRequests() {}

    /**
     * @param plain where the port speaks TLS
     * @return null when nothing is wrong with it
     */
    static Response ofHead(HttpRequest head, boolean plain) {
        if (head.decoderResult().isFailure()) {
            return problem(head.decoderResult().cause());
        }
        if (plain) {
            return tlsRequired(head);
        }
        if (!hasKnownEnd(head)) {
            return Problem.MALFORMED_REQUEST.because("Transfer-Encoding must be chunked, and in HTTP/1.1 only");
        }
        if (!namesOneHost(head)) {
            return Problem.MALFORMED_REQUEST.because("Host must be there, once");
        }
        return null;
    }

    /** A peer of before a change of the pool asks plainly: nothing was begun, so it may ask another or do it itself. */
    private static Response tlsRequired(HttpRequest head) {
        Response required = Problem.TLS_REQUIRED.because("This port speaks HTTPS; the request came as plain HTTP");
        return head.headers().contains(PeerHeaders.TOKEN)
                ? required.with(PeerHeaders.DECLINED, "tls-required")
                : required;
    }

    /** With any other coding, whoever is between us and the client may see the body end, and a request begin, elsewhere. */
    private static boolean hasKnownEnd(HttpRequest head) {
        if (!head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return true;
        }
        List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.size() == 1
                && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())
                && head.protocolVersion().equals(HttpVersion.HTTP_1_1);
    }

    /** By RFC 9112, 3.2: whoever is between us and the client may go by another one of several. */
    private static boolean namesOneHost(HttpRequest head) {
        Iterator<? extends CharSequence> hosts = head.headers().valueCharSequenceIterator(HttpHeaderNames.HOST);
        if (!hosts.hasNext()) {
            return !head.protocolVersion().equals(HttpVersion.HTTP_1_1);
        }
        hosts.next();
        return !hosts.hasNext();
    }

    private static Response headersTooLarge() {
        return Problem.HEADERS_TOO_LARGE.because("There may be " + HttpLimits.MAX_HEADER_COUNT + " headers, of "
                + HttpLimits.MAX_HEADERS + " bytes together");
    }

    static Response problem(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException e ->
                Problem.TARGET_TOO_LONG.because(
                        "The request line must have at most " + HttpLimits.MAX_REQUEST_LINE + " bytes");
            case TooLongHttpHeaderException e -> headersTooLarge();
            default -> Problem.MALFORMED_REQUEST.because(String.valueOf(cause.getMessage()));
        };
    }
}
