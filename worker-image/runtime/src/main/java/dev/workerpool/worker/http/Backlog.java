package dev.workerpool.worker.http;

import io.netty.channel.Channel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** What a client sent ahead of the answer to its last request. Bounded: beyond that it stays in the client. */
final class Backlog {
    private static final int CAPACITY = 64;

    private final ArrayDeque<Object> messages = new ArrayDeque<>(0);
    private boolean pumping;

    void add(Object message, Channel channel) {
        messages.add(message);
        if (messages.size() == CAPACITY) {
            channel.config().setAutoRead(false);
        }
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
            channel.config().setAutoRead(true);
        }
    }

    void release() {
        messages.forEach(ReferenceCountUtil::release);
        messages.clear();
    }
}
