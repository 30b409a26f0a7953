package dev.workerpool.worker.http;

import dev.workerpool.worker.pool.Outcome;
import dev.workerpool.worker.runs.EndedRun;
import dev.workerpool.worker.runs.RunEvent;
import dev.workerpool.worker.runs.StoredRun;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One client that follows a run by server-sent events, at its own pace: it is told what the run's log still has when it
 * comes to it, and how many events were gone by then. Nothing is kept for it but its place in the log.
 */
final class EventStream implements StreamedBody, Runnable {
    static final String MEDIA_TYPE = "text/event-stream";
    private static final byte[] DATA = ascii("\ndata: ");
    private static final ByteBuffer KEEP_ALIVE = ByteBuffer.wrap(ascii(":\n\n"));

    /** Events are gathered up to about this size, so that many small ones are few writes. */
    private static final int BATCH = 16 * 1024;

    private final StoredRun run;
    private final Exchange exchange;
    private final RunAnswers answers;
    private final EventStreams open;
    private final boolean joined;
    private final AtomicBoolean woken = new AtomicBoolean();

    /** The last event sent. */
    private long cursor;

    private boolean introduced;
    private boolean finished;
    private boolean stopped;

    /** @param after the id of the event that the client saw last */
    EventStream(StoredRun run, Exchange exchange, RunAnswers answers, EventStreams open, boolean joined, long after) {
        this.run = run;
        this.exchange = exchange;
        this.answers = answers;
        this.open = open;
        this.joined = joined;
        this.cursor = Math.min(after, run.events().latest());
    }

    /** Is there nothing more that a client could hear who has seen this event? */
    static boolean isThrough(StoredRun run, long after) {
        return run.ended() != null && after > run.events().latest();
    }

    /** On the event loop. */
    void start(String... headers) {
        open.opened();
        exchange.onAbandoned(this::stop);
        if (stopped) {
            return;
        }
        run.follow(this);
        Response head = Response.streamed(
                200, MEDIA_TYPE, "Cache-Control", "no-store", "X-Accel-Buffering", "no", "Workerpool-Run", run.id());
        exchange.stream(answers.identified(head).with(headers), this);
    }

    /** Something happened to the run, on any thread, perhaps a million times a second: one wake-up at a time. */
    @Override
    public void run() {
        if (woken.compareAndSet(false, true)) {
            exchange.execute(this::wake);
        }
    }

    private void wake() {
        woken.set(false);
        exchange.advance();
    }

    @Override
    public ByteBuffer next() {
        // Whoever follows a run that has moved comes again, and is told more by another replica.
        finished |= run.hasMoved();
        if (finished) {
            stop();
            return END;
        }
        // Before the log is read: what was emitted before the end is in it.
        EndedRun ended = run.ended();
        var out = new ByteArrayOutputStream();
        if (!introduced) {
            introduced = true;
            write(out, "run", -1, Json.bytes(answers.object(run)));
        }
        boolean drained = progress(out);
        if (drained && ended != null) {
            finished = true;
            end(out, ended);
        }
        return out.size() == 0 ? null : ByteBuffer.wrap(out.toByteArray());
    }

    /** @return whether that is all there is at present */
    private boolean progress(ByteArrayOutputStream out) {
        while (out.size() < BATCH) {
            RunEvent event = run.events().after(cursor);
            if (event == null) {
                return true;
            }
            if (event.id() > cursor + 1) {
                write(out, "skipped", -1, Json.bytes(Map.of("events", event.id() - cursor - 1)));
            }
            write(out, "progress", event.id(), event.json());
            cursor = event.id();
        }
        return false;
    }

    private void end(ByteArrayOutputStream out, EndedRun ended) {
        long id = run.events().latest() + 1;
        if (ended.outcome() instanceof Outcome.Succeeded) {
            write(out, "result", id, Json.bytes(answers.object(run)));
        } else {
            write(out, "problem", id, Json.bytes(answers.problem(ended)));
        }
    }

    /** @param id below 0 for none */
    private static void write(ByteArrayOutputStream out, String event, long id, byte[] data) {
        String head = id < 0 ? "event: " + event : "id: " + id + "\nevent: " + event;
        out.writeBytes(ascii(head));
        int from = 0;
        // JSON has line breaks between its parts only, where it does not matter which they are.
        for (int i = 0; i <= data.length; i++) {
            if (i == data.length || data[i] == '\n' || data[i] == '\r') {
                out.writeBytes(DATA);
                out.write(data, from, i - from);
                from = i + 1;
            }
        }
        out.write('\n');
        out.write('\n');
    }

    @Override
    public ByteBuffer keepAlive() {
        return KEEP_ALIVE.duplicate();
    }

    private void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        open.closed();
        run.unfollow(this);
        if (joined) {
            run.leave();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
