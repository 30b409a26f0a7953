package dev.workerpool.worker.http;

import dev.workerpool.mapping.InvalidTaskInputException.FieldError;
import dev.workerpool.task.Content;
import dev.workerpool.task.InvalidInputException;
import dev.workerpool.worker.pool.QueueFullException;
import dev.workerpool.worker.pool.Refusal;
import dev.workerpool.worker.pool.RunRejectedException;
import dev.workerpool.worker.pool.RunTracer;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.runs.KeyConflictException;
import dev.workerpool.worker.runs.RunKey;
import dev.workerpool.worker.runs.RunRequest;
import dev.workerpool.worker.runs.RunStore;
import dev.workerpool.worker.runs.RunsFullException;
import dev.workerpool.worker.runs.StoredRun;
import dev.workerpool.worker.task.TaskEntry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Calls of tasks whose run can be asked for by its id: those that do not wait for it, that follow it, or that may be made
 * again under the same key. All others are {@link TaskCall}s, which know nothing of this and cost less.
 */
final class StoredCalls {
    /** The fingerprint of a larger body takes longer than an event loop has. */
    private static final int QUICKLY_READ = 64 * 1024;

    private final TaskPool pool;
    private final RunStore store;
    private final RunAnswers answers;
    private final EventStreams streams;
    private final RunTracer tracer;
    private final BodyWork bodyWork;
    private final Function<RunRejectedException, Response> rejected;

    StoredCalls(
            TaskPool pool,
            RunStore store,
            RunAnswers answers,
            EventStreams streams,
            RunTracer tracer,
            BodyWork bodyWork,
            Function<RunRejectedException, Response> rejected) {
        this.pool = pool;
        this.store = store;
        this.answers = answers;
        this.streams = streams;
        this.tracer = tracer;
        this.bodyWork = bodyWork;
        this.rejected = rejected;
    }

    /** A few look-ups that mostly find nothing: every call comes through here. */
    static boolean isOne(Request request) {
        HttpHeaders headers = request.headers();
        return hasKey(request)
                || headers.contains(Preferences.HEADER)
                        && Preferences.of(headers).async()
                || wantsEvents(headers);
    }

    static boolean hasKey(Request request) {
        return request.headers().contains(IdempotencyKey.HEADER);
    }

    /** Is there a run under the key of the request? */
    boolean isKnown(Request request) {
        try {
            String name = IdempotencyKey.of(request.headers());
            return name != null && store.knows(name);
        } catch (InvalidHeaderException e) {
            return false;
        }
    }

    /** How long after its end. */
    Duration keptFor() {
        return store.settings().period();
    }

    private static boolean wantsEvents(HttpHeaders headers) {
        String accepted = headers.get(HttpHeaderNames.ACCEPT);
        return accepted != null
                && accepted.length() >= EventStream.MEDIA_TYPE.length()
                && accepted.toLowerCase(Locale.ROOT).contains(EventStream.MEDIA_TYPE);
    }

    /**
     * Starts the run, or finds it.
     *
     * @param refused is told of a refusal that comes later
     * @return the refusal, or null when the answer comes later
     */
    Response handle(
            TaskEntry task,
            Request request,
            ByteBuffer body,
            Exchange exchange,
            Arrival arrival,
            Consumer<Response> refused) {
        String name;
        try {
            name = IdempotencyKey.of(request.headers());
        } catch (InvalidHeaderException e) {
            return answers.identified(e.problem());
        }
        if (name == null) {
            return submit(task, request, body, exchange, arrival, null);
        }
        if (body.remaining() <= QUICKLY_READ) {
            RunKey key = IdempotencyKey.fingerprinted(name, task.type(), request, body);
            return submit(task, request, body, exchange, arrival, key);
        }
        bodyWork.submit(exchange, () -> {
            RunKey key = IdempotencyKey.fingerprinted(name, task.type(), request, body);
            exchange.execute(() -> {
                Response refusal = submit(task, request, body, exchange, arrival, key);
                if (refusal != null) {
                    refused.accept(refusal);
                }
            });
        });
        return null;
    }

    private Response submit(
            TaskEntry task, Request request, ByteBuffer body, Exchange exchange, Arrival arrival, RunKey key) {
        Preferences preferences = Preferences.of(request.headers());
        var content = new Content(request.contentType(), body);
        try {
            // Another replica may do the run, and is told all of it: what cannot be read is refused while its caller is
            // there.
            Map<String, String> parameters = request.parameters();
            var run = new RunRequest(
                    task, content, () -> parameters, RunHeaders.options(request, tracer), preferences.async(), key);
            exchange.begins();
            StoredRun stored = store.submit(run, arrival.admittedAt(), admitted -> arrival.submit(pool, admitted));
            answer(stored, wantsEvents(request.headers()), preferences, exchange);
            return null;
        } catch (InvalidInputException e) {
            return answers.identified(Outcomes.invalid(List.of(new FieldError(e.field(), e.rule()))));
        } catch (RunRejectedException e) {
            if (arrival.passed() && key != null && e instanceof QueueFullException) {
                // No other replica is asked instead, so that this is what the client hears.
                pool.counters().refused(Refusal.QUEUE_FULL);
            }
            return answers.identified(rejected.apply(e));
        } catch (RunsFullException e) {
            if (!arrival.passed() || key != null) {
                // Else the peer that it came from has it and does it.
                pool.counters().refused(Refusal.RUNS_FULL);
            }
            return answers.identified(full(e));
        } catch (KeyConflictException e) {
            return answers.identified(Problem.IDEMPOTENCY_CONFLICT.because(
                    "The key names a run of another task or with another input: " + e.runId(),
                    Map.of("run", e.runId())));
        }
    }

    private static Response full(RunsFullException e) {
        return e.isForGood()
                ? Problem.BODY_TOO_LARGE.because(
                        "The body of a run that is kept must have less than " + e.limit() + " bytes")
                : Problem.RUNS_FULL.retryAfter(
                        1, "Runs in flight that are kept take the " + e.limit() + " bytes that there are for them");
    }

    private void answer(StoredRun run, boolean events, Preferences preferences, Exchange exchange) {
        if (events) {
            String[] applied = new Preferences(preferences.async(), null).applied(preferences.async());
            new EventStream(run, exchange, answers, streams, true, 0).start(applied);
        } else if (!preferences.async()) {
            wait(run, exchange, null, () -> exchange.respond(answers.outcome(run)));
        } else if (preferences.waits()) {
            wait(run, exchange, preferences.patience(), () -> exchange.respond(asynchronous(run, preferences)));
        } else {
            run.leave();
            exchange.respond(asynchronous(run, preferences));
        }
    }

    private static void wait(StoredRun run, Exchange exchange, Duration patience, Runnable answer) {
        new RunWaiter(run, exchange, true, answer).start(patience);
    }

    /** A caller that was ready to wait gets the outcome itself if it came in time. */
    private Response asynchronous(StoredRun run, Preferences preferences) {
        return run.ended() != null && preferences.waits()
                ? answers.outcome(run).with(preferences.applied(false))
                : answers.accepted(run, preferences.applied(true));
    }
}
