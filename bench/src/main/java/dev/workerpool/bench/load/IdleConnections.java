package dev.workerpool.bench.load;

import dev.workerpool.bench.load.Client.Answer;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The one that was used last is used next, as clients do; another is opened when none is free. One that was not needed for
 * {@value #KEPT_SECONDS} seconds is closed here, long before a server would: nothing is sent on a connection that the server
 * is about to close, which would count as one that broke.
 */
final class IdleConnections implements Connections {
    static final long KEPT_SECONDS = 5;

    private final Endpoint endpoint;
    /** Used last first, so also: idle for longest last. */
    private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();

    private final LongSupplier nanoTime;

    private record Idle(Client client, long since) {}

    IdleConnections(Endpoint endpoint) {
        this(endpoint, System::nanoTime);
    }

    IdleConnections(Endpoint endpoint, LongSupplier nanoTime) {
        this.endpoint = endpoint;
        this.nanoTime = nanoTime;
    }

    @Override
    public Client take(int request) throws IOException {
        Idle found = idle.pollFirst();
        return found == null ? endpoint.connect() : found.client();
    }

    @Override
    public void giveBack(Client client, Answer answer) {
        long now = nanoTime.getAsLong();
        if (answer.closes()) {
            client.close();
        } else {
            idle.addFirst(new Idle(client, now));
        }
        closeUnneeded(now - TimeUnit.SECONDS.toNanos(KEPT_SECONDS));
    }

    private void closeUnneeded(long before) {
        for (Idle oldest = idle.peekLast(); oldest != null && oldest.since() - before < 0; oldest = idle.peekLast()) {
            if (idle.removeLastOccurrence(oldest)) {
                oldest.client().close();
            }
        }
    }

    @Override
    public void close() {
        idle.forEach(connection -> connection.client().close());
    }
}
