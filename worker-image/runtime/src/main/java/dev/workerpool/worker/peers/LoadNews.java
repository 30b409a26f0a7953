package dev.workerpool.worker.peers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/** What one peer is still to be told of this replica's load: the newest only. Thread-safe. */
public final class LoadNews {
    private final String replica;
    private final Runnable onNews;
    private final AtomicReference<Load> newest = new AtomicReference<>();
    private volatile boolean ended;

    /** @param onNews called, on any thread, when there is some */
    LoadNews(String replica, Runnable onNews) {
        this.replica = replica;
        this.onNews = onNews;
    }

    String replica() {
        return replica;
    }

    void tell(Load load) {
        newest.set(load);
        onNews.run();
    }

    /** The next line, or null when there is no news. */
    public ByteBuffer next() {
        Load load = newest.getAndSet(null);
        return load == null ? null : ByteBuffer.wrap((load.line() + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    void end() {
        ended = true;
        onNews.run();
    }

    /** There will be no more news. */
    public boolean isEnded() {
        return ended;
    }
}
