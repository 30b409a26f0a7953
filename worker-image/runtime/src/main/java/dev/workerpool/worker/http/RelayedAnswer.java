package dev.workerpool.worker.http;

import dev.workerpool.worker.peers.PeerHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A peer's answer on its way to the client: a small one whole, a large or streamed one as it comes, at the pace of the
 * slower side. What it holds is charged to the exchange's budget. On the exchange's event loop only.
 */
final class RelayedAnswer implements StreamedBody {
    /** An answer up to here is passed on in one go. */
    private static final int WHOLE = 256 * 1024;

    /** Of a larger one, so much is held for a client that is slow to take it. */
    private static final int MOST_HELD = 256 * 1024;

    private final int status;
    private final String mediaType;
    private final String[] headers;
    private final Exchange exchange;
    private final Consumer<Boolean> reading;

    /** Of the body, as the peer tells it; -1 when it does not. */
    private final long length;

    /** Of an answer that is passed on whole, else null. */
    private final ByteBuffer whole;

    private final ArrayDeque<ByteBuffer> held = new ArrayDeque<>();

    /** And charged. */
    private int heldBytes;

    private ByteBuffer last;

    private RelayedAnswer(
            int status, HttpHeaders head, String via, long length, Exchange exchange, Consumer<Boolean> reading) {
        this.status = status;
        this.mediaType = head.get(HttpHeaderNames.CONTENT_TYPE);
        this.headers = relayed(head, via);
        this.exchange = exchange;
        this.reading = reading;
        this.length = length;
        this.whole = length < 0 || length > WHOLE ? null : ByteBuffer.allocate((int) length);
        if (whole != null && length > ResponseEncoder.SMALL) {
            hold((int) length);
        }
    }

    /**
     * @param via the replica that relays
     * @param reading is told when no more bytes are to be read for now, and when they are again
     */
    static RelayedAnswer of(int status, HttpHeaders head, String via, Exchange exchange, Consumer<Boolean> reading) {
        long length = status == 204 ? 0 : contentLength(head);
        var answer = new RelayedAnswer(status, head, via, length, exchange, reading);
        if (answer.whole == null) {
            exchange.stream(Response.streamed(status, answer.mediaType, answer.headers), answer);
        }
        return answer;
    }

    private static long contentLength(HttpHeaders head) {
        String length = head.get(HttpHeaderNames.CONTENT_LENGTH);
        return length == null ? -1 : Long.parseLong(length);
    }

    private static String[] relayed(HttpHeaders head, String via) {
        var relayed = new ArrayList<String>();
        for (Map.Entry<String, String> header : head) {
            String name = header.getKey();
            if (!PeerHeaders.isOfOneConnection(name)
                    && !HttpHeaderNames.CONTENT_TYPE.contentEqualsIgnoreCase(name)
                    && !HttpHeaderNames.DATE.contentEqualsIgnoreCase(name)) {
                relayed.add(name);
                relayed.add(header.getValue());
            }
        }
        relayed.add(PeerHeaders.VIA);
        relayed.add("1.1 " + via);
        return relayed.toArray(String[]::new);
    }

    void add(ByteBuf bytes) {
        if (whole != null) {
            int size = Math.min(bytes.readableBytes(), whole.remaining());
            bytes.readBytes(whole.slice(whole.position(), size));
            whole.position(whole.position() + size);
            return;
        }
        var copy = new byte[bytes.readableBytes()];
        bytes.readBytes(copy);
        held.add(ByteBuffer.wrap(copy));
        hold(copy.length);
        if (heldBytes > MOST_HELD) {
            reading.accept(false);
        }
        exchange.advance();
    }

    void end() {
        if (whole != null) {
            abandon(); // From here on it is the response's.
            exchange.respond(new Response(status, mediaType, whole.flip(), headers));
        } else {
            last = END;
            exchange.advance();
        }
    }

    /** The rest does not come. @return false when the client has got nothing yet */
    boolean breakOff() {
        if (whole != null) {
            abandon();
            return false;
        }
        last = BROKEN;
        exchange.advance();
        return true;
    }

    /** Nobody is there any more to take it. */
    void abandon() {
        held.clear();
        release(heldBytes);
    }

    private void hold(int bytes) {
        heldBytes += bytes;
        exchange.budget().charge(bytes);
    }

    private void release(int bytes) {
        if (bytes > 0) {
            heldBytes -= bytes;
            exchange.budget().release(bytes);
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public ByteBuffer next() {
        ByteBuffer part = held.poll();
        if (part == null) {
            return last;
        }
        release(part.remaining());
        if (heldBytes == 0 && last == null) {
            reading.accept(true);
        }
        return part;
    }
}
