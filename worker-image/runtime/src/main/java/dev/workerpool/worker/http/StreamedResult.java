package dev.workerpool.worker.http;

import dev.workerpool.mapping.ResultStream;
import dev.workerpool.task.Content;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * A run's result on its way from the worker thread, which makes it, to the event loop, which sends it. A bounded number of
 * bytes lies between them: who makes more than its client takes waits, for as long as its run may last. Nothing is sent
 * before there is a first part, so that until then a failure is a problem like any other; after it, a failure cuts the answer.
 */
final class StreamedResult extends ResultStream implements StreamedBody {
    /** Gathered before it is handed over, unless flushed. */
    private static final int PART = 32 * 1024;

    /** Handed over and not taken yet, beyond which the worker thread waits. */
    static final int AHEAD = 256 * 1024;

    private enum State {
        OPEN,
        ENDED,
        BROKEN
    }

    private final Exchange exchange;
    private final Response head;
    private final BodyBudget budget;
    private final ArrayDeque<ByteBuffer> parts = new ArrayDeque<>();

    /** Of the worker thread's only. */
    private byte[] part = {};

    private int length;

    /** From here on guarded by this; volatile for who only looks. */
    private volatile int waiting;

    private volatile boolean begun;
    private State state = State.OPEN;

    StreamedResult(Exchange exchange, Response head, BodyBudget budget) {
        this.exchange = exchange;
        this.head = head;
        this.budget = budget;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        int from = offset;
        int left = count;
        while (left > 0) {
            if (length == part.length) {
                flush();
                part = new byte[PART];
            }
            int size = Math.min(left, part.length - length);
            System.arraycopy(bytes, from, part, length, size);
            length += size;
            from += size;
            left -= size;
        }
    }

    @Override
    public void flush() throws IOException {
        if (length > 0) {
            ByteBuffer full = ByteBuffer.wrap(length < PART / 2 ? Arrays.copyOf(part, length) : part, 0, length);
            if (length >= PART / 2) {
                part = new byte[] {};
            }
            length = 0;
            handOver(full);
        }
    }

    private void handOver(ByteBuffer full) throws IOException {
        boolean first;
        synchronized (this) {
            while (state == State.OPEN && waiting >= AHEAD) {
                awaitTaken();
            }
            if (state != State.OPEN) {
                throw new IOException("The run is over, or its caller has gone: nobody takes the result");
            }
            parts.add(full);
            waiting += full.remaining();
            budget.charge(full.remaining());
            first = !begun;
            begun = true;
        }
        if (first) {
            exchange.stream(head, this);
        } else {
            exchange.advance();
        }
    }

    private void awaitTaken() throws InterruptedIOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while the caller takes the result too slowly");
        }
    }

    @Override
    public boolean isIdle() {
        return waiting == 0;
    }

    /** What is over before there was need to send any of it is answered like any other result. */
    @Override
    public Content finish() throws IOException {
        if (!begun) {
            return new Content(head.mediaType(), ByteBuffer.wrap(part, 0, length));
        }
        flush();
        return null;
    }

    /** On the event loop. */
    @Override
    public synchronized ByteBuffer next() {
        ByteBuffer next = parts.poll();
        if (next != null) {
            release(next.remaining());
            return next;
        }
        return switch (state) {
            case OPEN -> null;
            case ENDED -> END;
            case BROKEN -> BROKEN;
        };
    }

    /** Is the answer under way, so that nothing else can be answered any more? */
    boolean hasBegun() {
        return begun;
    }

    /** The run is over, whole or not. From any thread; {@link Exchange#advance} has to follow. */
    synchronized void end(boolean whole) {
        if (state == State.OPEN) {
            state = whole ? State.ENDED : State.BROKEN;
        }
        if (!whole) {
            discard();
        }
        notifyAll();
    }

    /** Nobody is there any more to take it. */
    synchronized void abandon() {
        state = State.BROKEN;
        discard();
        notifyAll();
    }

    private void discard() {
        parts.clear();
        release(waiting);
    }

    private void release(int bytes) {
        waiting -= bytes;
        budget.release(bytes);
        notifyAll();
    }
}
