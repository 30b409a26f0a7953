package dev.workerpool.worker.http;

import dev.workerpool.worker.kept.KeptConnection;
import dev.workerpool.worker.kept.KeptConnections;
import dev.workerpool.worker.kept.KeptConnections.Inherited;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;

/**
 * What a connection has the next worker know of it. Not kept are those of which one answer could not be told from the next:
 * where a client sends ahead of the answer, and while an answer is streamed. On the connection's event loop only.
 */
final class Keeping {
    private final KeptConnections all;

    /** Null when it ends with this process. */
    private KeptConnection kept;

    private Channel channel;

    /** Bytes in the life of the connection, whether it was kept all the time or not. */
    private long read;

    /** Bytes in the life of the connection. */
    private long sent;

    private boolean streams;
    private boolean replays;

    /** Of a new connection. */
    Keeping(KeptConnections all) {
        this.all = all;
    }

    /** Of one that was kept by the worker before this one. */
    Keeping(KeptConnections all, Inherited inherited) {
        this.all = all;
        this.kept = inherited.connection();
        this.read = kept.read();
        this.sent = inherited.sent();
    }

    void attach(Channel channel) {
        this.channel = channel;
        if (kept == null) {
            begin();
        }
    }

    private void begin() {
        if (all != KeptConnections.NONE && channel instanceof UnixChannel socket) {
            kept = all.keep(socket.fd().intValue(), read);
        }
    }

    /** @param ahead the request before them has no answer yet */
    void received(ByteBuf bytes, boolean ahead) {
        if (replays) {
            return;
        }
        int size = bytes.readableBytes();
        read += size;
        if (ahead) {
            forget();
            streams = false;
        }
        if (kept == null) {
            return;
        }
        var place = kept.place(size);
        if (place != null) {
            bytes.getBytes(bytes.readerIndex(), place);
        }
        kept.received(size, place != null);
    }

    /** Reads again what the worker before this one had read. */
    void replay() {
        if (kept == null) {
            return; // Its client has gone.
        }
        ByteBuf bytes = Unpooled.copiedBuffer(kept.bytes());
        if (!bytes.isReadable()) {
            return; // The next request has not begun.
        }
        replays = true;
        channel.pipeline().fireChannelRead(bytes);
        replays = false;
        channel.pipeline().fireChannelReadComplete();
    }

    /** So many bytes are about to be sent that are no answer. */
    void sends(int size) {
        sent = sum(sent, size);
    }

    /**
     * An answer of so many bytes is about to be sent.
     *
     * @param goesOn when it was sent, the connection waits for the next request, and for nothing else
     */
    void answers(long size, boolean goesOn) {
        long end = sum(sent, size);
        if (kept != null) {
            kept.answering(sent, goesOn ? end : KeptConnection.UNKNOWN);
        }
        sent = end;
    }

    private static long sum(long sent, long more) {
        return sent == KeptConnection.UNKNOWN ? sent : sent + more;
    }

    /**
     * A stream cannot be gone on with, and who reads it had better learn at once that it has ended. How many bytes it has
     * nobody counts.
     */
    void streams() {
        sent = KeptConnection.UNKNOWN;
        if (kept != null) {
            forget();
            streams = true;
        }
    }

    void idle() {
        if (kept != null) {
            kept.idle();
        } else if (streams) {
            streams = false;
            begin();
        }
    }

    /** It is closed, or does not outlive this process. */
    void forget() {
        if (kept != null) {
            kept.forget();
            kept = null;
        }
    }

    /** Null when the connection is not kept. */
    KeptConnection connection() {
        return kept;
    }
}
