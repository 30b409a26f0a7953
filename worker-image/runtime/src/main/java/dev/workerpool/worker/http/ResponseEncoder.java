package dev.workerpool.worker.http;

import dev.workerpool.worker.io.SpareBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Writes heads by hand, straight into the buffer that goes to the socket: a header map that lives for a microsecond is most
 * of what an answer would cost. For one event loop.
 */
final class ResponseEncoder {
    /** A body up to here travels in one buffer with its head; copying it is cheaper than a second one. */
    static final int SMALL = 8 * 1024;

    /** Of which most heads are not more. */
    static final int HEAD = 384;

    private static final byte[] DATE = ascii("\r\ndate: ");
    private static final byte[] LENGTH = ascii("\r\ncontent-length: ");
    private static final byte[] TYPE = ascii("\r\ncontent-type: ");
    private static final byte[] CHUNKED = ascii("\r\ntransfer-encoding: chunked");
    private static final byte[] CLOSE = ascii("\r\nconnection: close");
    private static final byte[] KEEP_ALIVE = ascii("\r\nconnection: keep-alive");
    private static final byte[] END = ascii("\r\n\r\n");
    private static final int NO_CONTENT = 204;

    private final SpareBuffer spare = new SpareBuffer(Unsent.LARGE);
    private long dateSecond;
    private byte[] date;

    /** What the connection does after this answer. */
    enum Persistence {
        /** Stays open, which HTTP/1.1 need not be told. */
        DEFAULT,
        KEEP_ALIVE,
        CLOSE
    }

    /**
     * What is streamed is chunked, or as long as one of its headers tells, or without any length when the connection's end is
     * the body's, as HTTP/1.0 has it.
     *
     * @return the head of a streamed answer
     */
    ByteBuf streamedHead(ByteBufAllocator allocator, Response response, Persistence persistence, boolean chunked) {
        ByteBuf out = statusAndDate(allocator, response, 0);
        if (chunked) {
            out.writeBytes(CHUNKED);
        }
        return fields(out, response, persistence);
    }

    /** @return the head, with room for {@code extra} bytes behind it */
    ByteBuf head(ByteBufAllocator allocator, Response response, Persistence persistence, int extra) {
        ByteBuf out = statusAndDate(allocator, response, extra);
        if (response.status() != NO_CONTENT) {
            out.writeBytes(LENGTH);
            ByteBufUtil.writeAscii(out, Integer.toString(response.body().remaining()));
        }
        return fields(out, response, persistence);
    }

    private ByteBuf statusAndDate(ByteBufAllocator allocator, Response response, int extra) {
        ByteBuf out = allocator.directBuffer(HEAD + extra);
        ByteBufUtil.writeAscii(out, "HTTP/1.1 ");
        ByteBufUtil.writeAscii(
                out, HttpResponseStatus.valueOf(response.status()).toString());
        return out.writeBytes(DATE).writeBytes(date());
    }

    /** @return the next slice of a large body, of at most so many bytes, which it takes out of it */
    ByteBuf slice(ByteBufAllocator allocator, ByteBuffer body, int most) {
        int size = Math.min(body.remaining(), most);
        ByteBuf out = spare.take(allocator, size).writeBytes(body.slice(body.position(), size));
        body.position(body.position() + size);
        return out;
    }

    private static ByteBuf fields(ByteBuf out, Response response, Persistence persistence) {
        if (response.mediaType() != null) {
            out.writeBytes(TYPE);
            out.writeCharSequence(response.mediaType(), StandardCharsets.ISO_8859_1);
        }
        String[] headers = response.headers();
        for (int i = 0; i < headers.length; i += 2) {
            out.writeByte('\r').writeByte('\n');
            ByteBufUtil.writeAscii(out, headers[i]);
            out.writeByte(':').writeByte(' ');
            ByteBufUtil.writeAscii(out, headers[i + 1]);
        }
        switch (persistence) {
            case DEFAULT -> {}
            case KEEP_ALIVE -> out.writeBytes(KEEP_ALIVE);
            case CLOSE -> out.writeBytes(CLOSE);
        }
        return out.writeBytes(END);
    }

    private byte[] date() {
        long second = System.currentTimeMillis() / 1000;
        if (second != dateSecond || date == null) {
            dateSecond = second;
            date = ascii(DateTimeFormatter.RFC_1123_DATE_TIME.format(
                    Instant.ofEpochSecond(second).atZone(ZoneOffset.UTC)));
        }
        return date;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
