package dev.workerpool.worker.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A request as it is passed on.
 *
 * @param target path and query
 * @param headers as the client sent them
 * @param body not changed, and not copied
 * @param admittedAt when its run came to this replica, as {@link System#nanoTime} tells; its wait goes on over there
 * @param returnable whether this replica has its run back should it wait over there for longer than elsewhere
 */
public record PassedRequest(
        String method, String target, HttpHeaders headers, ByteBuffer body, long admittedAt, boolean returnable) {
    private static final AsciiString PREFER = AsciiString.cached("prefer");

    /** One that stays where it is passed to. */
    public PassedRequest(String method, String target, HttpHeaders headers, ByteBuffer body, long admittedAt) {
        this(method, target, headers, body, admittedAt, false);
    }

    /** The same, which may come back or not. */
    public PassedRequest returnable(boolean may) {
        return new PassedRequest(method, target, headers, body, admittedAt, may);
    }

    /**
     * Does its caller like to wait for the answer? Of those that change nothing, as to ask for how a run stands, and can
     * therefore be asked again.
     */
    boolean isPoll() {
        return method.equals("GET") && headers.contains(PREFER);
    }

    /** The same from a caller that does not like to wait. */
    public PassedRequest withoutWaiting() {
        return new PassedRequest(method, target, headers.copy().remove(PREFER), body, admittedAt, returnable);
    }

    /** Writes the head. */
    void writeHead(ByteBuf out, Routing.Choice choice, String from, String token) {
        ByteBufUtil.writeAscii(out, method);
        out.writeByte(' ');
        out.writeCharSequence(target, StandardCharsets.ISO_8859_1);
        ByteBufUtil.writeAscii(out, " HTTP/1.1\r\n");
        header(out, "host", choice.view().peer().host());
        Set<String> named = PeerHeaders.named(headers.get(HttpHeaderNames.CONNECTION));
        for (Map.Entry<String, String> header : headers) {
            if (!PeerHeaders.isOfOneConnection(header.getKey()) && !named.contains(header.getKey())) {
                header(out, header.getKey(), header.getValue());
            }
        }
        header(out, PeerHeaders.TOKEN, token);
        header(out, PeerHeaders.FROM, from);
        if (choice.reason().bringsARun()) {
            long waited = Math.max(0, System.nanoTime() - admittedAt);
            header(out, PeerHeaders.MAX_QUEUED, Integer.toString(choice.maxQueued()));
            header(out, PeerHeaders.WAITED, Long.toString(TimeUnit.NANOSECONDS.toMicros(waited)));
            if (returnable && choice.maxQueued() > 0) {
                header(out, PeerHeaders.RETURNABLE, "1");
            }
        }
        if (choice.reason() == PassReason.KNOWN_KEY) {
            header(out, PeerHeaders.KNOWN_ONLY, "1");
        }
        header(out, "content-length", Integer.toString(body.remaining()));
        ByteBufUtil.writeAscii(out, "\r\n");
    }

    private static void header(ByteBuf out, CharSequence name, CharSequence value) {
        out.writeCharSequence(name, StandardCharsets.ISO_8859_1);
        out.writeByte(':').writeByte(' ');
        out.writeCharSequence(value, StandardCharsets.ISO_8859_1);
        out.writeByte('\r').writeByte('\n');
    }
}
