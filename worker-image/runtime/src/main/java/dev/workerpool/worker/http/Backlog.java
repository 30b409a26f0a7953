package dev.workerpool.worker.http;

import dev.workerpool.worker.io.ReadBuffers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What a client sent ahead of the answer to its last request. Bounded, and more tightly where all clients together send much:
 * beyond that it stays in the client.
 */
final class Backlog {
    private static final int CAPACITY = 64;

    /** With what was read last less than twice that. */
    private static final int MOST_BYTES = 64 * 1024;

    private final ReadBuffers reads;
    private final ArrayDeque<Object> messages = new ArrayDeque<>(0);
    private boolean pumping;

    /** Since it was empty last: what is taken up meanwhile only lets it be counted as more than it is. */
    private long bytes;

    /** The buffer that was counted last. */
    private ByteBuf counted;

    Backlog(ReadBuffers reads) {
        this.reads = reads;
    }

    void add(Object message, Channel channel) {
        messages.add(message);
        if (message instanceof HttpRequest head) {
            count(WaitingHead.cost(head.headers()));
        }
        if (message instanceof HttpContent content) {
            count(content.content());
        }
        if (messages.size() >= CAPACITY || bytes >= MOST_BYTES || bytes > 0 && reads.isScarce()) {
            channel.config().setAutoRead(false);
        }
    }

    /** A part, however small, keeps all of the buffer that it was read into. */
    private void count(ByteBuf part) {
        ByteBuf whole = part;
        while (whole.unwrap() != null) {
            whole = whole.unwrap();
        }
        if (whole != counted) {
            counted = whole;
            count(whole.capacity());
        }
    }

    private void count(long more) {
        bytes += more;
        reads.waits(more);
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** Takes it up. Not reentrant: a request that is answered at once comes back here from within. */
    void pump(Channel channel, BooleanSupplier busy, Consumer<Object> process) {
        if (pumping || messages.isEmpty()) {
            return;
        }
        pumping = true;
        while (!messages.isEmpty() && !busy.getAsBoolean()) {
            process.accept(messages.poll());
        }
        pumping = false;
        if (messages.isEmpty()) {
            forgetCount();
            channel.config().setAutoRead(true);
        }
    }

    void release() {
        messages.forEach(ReferenceCountUtil::release);
        messages.clear();
        forgetCount();
    }

    private void forgetCount() {
        if (bytes > 0) {
            reads.waits(-bytes);
            bytes = 0;
        }
        counted = null;
    }
}
