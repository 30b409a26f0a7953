package dev.workerpool.worker.runs;

import dev.workerpool.task.Content;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongConsumer;

/** Messages to one run that it has not taken yet. Bounded; whoever finds it full is told, nothing is dropped. Thread-safe. */
final class Mailbox {
    static final int MAX_MESSAGES = 64;
    static final int MAX_BYTES = 1024 * 1024;

    private final LongConsumer release;
    private ArrayDeque<Content> messages;
    private int bytes;
    private boolean closed;

    /** @param release told how many bytes are no longer kept */
    Mailbox(LongConsumer release) {
        this.release = release;
    }

    synchronized Delivery offer(Content message) {
        if (closed) {
            return Delivery.CLOSED;
        }
        if (messages == null) {
            messages = new ArrayDeque<>(4);
        }
        int size = RunMemory.of(message.bytes());
        if (messages.size() == MAX_MESSAGES || bytes + size > MAX_BYTES) {
            return Delivery.FULL;
        }
        messages.add(message);
        bytes += size;
        notifyAll();
        return Delivery.ACCEPTED;
    }

    synchronized boolean isEmpty() {
        return messages == null || messages.isEmpty();
    }

    /** @return null when none came in time. @throws InterruptedException when the mailbox is closed, too */
    synchronized Content take(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + saturatedNanos(patience);
        while (!closed && (messages == null || messages.isEmpty())) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            // Rounded up: a wait of 0 would be for ever.
            wait(left / 1_000_000 + 1);
        }
        if (closed) {
            throw new InterruptedException("The run is over");
        }
        Content message = messages.poll();
        int size = RunMemory.of(message.bytes());
        bytes -= size;
        release.accept(size);
        return message;
    }

    /** Durations beyond a month are for ever, as far as a run is concerned. */
    private static long saturatedNanos(Duration patience) {
        Duration longest = Duration.ofDays(30);
        return (patience.compareTo(longest) > 0 ? longest : patience).toNanos();
    }

    /** Wakes whoever waits. What is in it is gone. */
    synchronized void close() {
        closed = true;
        messages = null;
        release.accept(bytes);
        bytes = 0;
        notifyAll();
    }
}
