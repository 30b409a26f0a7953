package dev.workerpool.worker.http;

import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.DrainingException;
import dev.workerpool.worker.runs.RetentionSettings;
import dev.workerpool.worker.runs.RunStore;
import dev.workerpool.worker.runs.StoredRun;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * What can be done with a run by its id: {@code GET} and {@code DELETE /runs/{id}}, {@code GET /runs/{id}/result},
 * {@code GET /runs/{id}/events}, {@code POST /runs/{id}/messages}.
 */
final class RunRoutes {
    static final String PREFIX = "/runs/";
    private static final AsciiString LAST_EVENT_ID = AsciiString.cached("last-event-id");
    private static final int MAX_MESSAGE = 1024 * 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final RunStore store;
    private final RunAnswers answers;
    private final EventStreams streams;

    /** @param part what of the run is meant, empty for the run itself */
    private record Target(String id, String part) {
        static Target of(Request request) {
            String path = request.path();
            int slash = path.indexOf('/', PREFIX.length());
            return slash < 0
                    ? new Target(path.substring(PREFIX.length()), "")
                    : new Target(path.substring(PREFIX.length(), slash), named(path.substring(slash + 1)));
        }

        /** A slash at the end names no part, and is not the run itself either. */
        private static String named(String part) {
            return part.isEmpty() ? "/" : part;
        }

        /** @return null when there is no such part */
        String allowed() {
            return switch (part) {
                case "" -> "GET, HEAD, DELETE";
                case "result" -> "GET, HEAD";
                case "events" -> "GET";
                case "messages" -> "POST";
                default -> null;
            };
        }
    }

    RunRoutes(RunStore store, RunAnswers answers, EventStreams streams) {
        this.store = store;
        this.answers = answers;
        this.streams = streams;
    }

    /** What is wrong with a request wherever the run is. */
    static Response refuseAnywhere(Request request) {
        String allowed = Target.of(request).allowed();
        if (allowed == null) {
            return Problem.NOT_FOUND.because(
                    "There are /runs/{id}, /runs/{id}/result, /runs/{id}/events, /runs/{id}/messages");
        }
        if (!List.of(allowed.split(", ")).contains(request.method())) {
            return Problem.METHOD_NOT_ALLOWED.because("Allowed: " + allowed).with("Allow", allowed);
        }
        return null;
    }

    /** Why this replica cannot do with a run of its own what is asked for. */
    Response refuseHere(Request request) {
        Response refusal = refusal(request, Target.of(request));
        return refusal == null ? null : answers.identified(refusal);
    }

    private Response refusal(Request request, Target target) {
        if (store.find(target.id()) == null) {
            return missing(target.id());
        }
        boolean isMessage = target.part().equals("messages");
        int announced = request.headers().getInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        return isMessage && announced > MAX_MESSAGE ? messageTooLarge() : null;
    }

    private static Response messageTooLarge() {
        return Problem.BODY_TOO_LARGE.because("A message must have at most " + MAX_MESSAGE + " bytes");
    }

    /** One that never was is a mistake; one that was is only late. */
    private Response missing(String id) {
        return store.isGone(id)
                ? expired(store.settings())
                : Problem.UNKNOWN_RUN.because("No run has the id '" + id + "'");
    }

    static Response expired(RetentionSettings settings) {
        return Problem.RUN_EXPIRED.because("The run is no longer kept, or never was because its caller waited for it: "
                + "runs are kept for "
                + settings.period().toSeconds()
                + " s after their end, as far as "
                + settings.maxBytes() + " bytes hold them");
    }

    void handle(Request request, ByteBuffer body, Exchange exchange) {
        Target target = Target.of(request);
        StoredRun run = store.find(target.id());
        if (run == null) {
            exchange.respond(answers.identified(missing(target.id())));
            return;
        }
        switch (target.part()) {
            case "result" -> awaited(request, run, exchange, this::result);
            case "events" -> events(request, run, exchange);
            case "messages" -> {
                exchange.begins();
                exchange.respond(message(request, body, run));
            }
            default -> {
                if (request.method().equals("DELETE")) {
                    exchange.begins();
                    exchange.respond(cancel(run));
                } else {
                    awaited(request, run, exchange, r -> answers.described(200, r, Map.of()));
                }
            }
        }
    }

    /** A long poll, if that is what the caller would like. */
    private static void awaited(
            Request request, StoredRun run, Exchange exchange, Function<StoredRun, Response> answer) {
        Preferences preferences = Preferences.of(request.headers());
        if (!preferences.waits()) {
            exchange.respond(answer.apply(run));
            return;
        }
        Runnable respond = () -> exchange.respond(answer.apply(run).with(preferences.applied(false)));
        if (run.ended() == null) {
            new RunWaiter(run, exchange, false, respond).start(preferences.patience());
        } else {
            respond.run();
        }
    }

    private Response result(StoredRun run) {
        // Before the end is looked for, so that this is not one of those that have a result.
        String state = run.state().text();
        if (run.ended() != null) {
            return answers.outcome(run);
        }
        return answers.identified(Problem.RUN_NOT_OVER
                .because("The run is " + state.toLowerCase(Locale.ROOT), Map.of("state", state))
                .with("Retry-After", "1"));
    }

    private Response cancel(StoredRun run) {
        try {
            boolean cancelled = run.cancel();
            return answers.described(200, run, Map.of("cancelled", cancelled));
        } catch (DrainingException e) {
            return answers.identified(Problem.DRAINING.retryAfter(1, "The run is on its way to another replica"));
        }
    }

    private void events(Request request, StoredRun run, Exchange exchange) {
        long after;
        try {
            after = lastEventId(request);
        } catch (InvalidHeaderException e) {
            exchange.respond(answers.identified(e.problem()));
            return;
        }
        if (EventStream.isThrough(run, after)) {
            // Tells a browser to stop asking, which otherwise follows for ever.
            exchange.respond(answers.identified(Response.noContent()));
        } else {
            new EventStream(run, exchange, answers, streams, false, after).start();
        }
    }

    private static long lastEventId(Request request) throws InvalidHeaderException {
        String id = request.headers().get(LAST_EVENT_ID);
        if (id == null || id.isBlank()) {
            return 0;
        }
        try {
            long number = Long.parseLong(id.strip());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // As below.
        }
        throw new InvalidHeaderException("Last-Event-ID", "must be the id of an event of this run");
    }

    private Response message(Request request, ByteBuffer body, StoredRun run) {
        if (body.remaining() > MAX_MESSAGE) {
            return answers.identified(messageTooLarge());
        }
        return answers.identified(
                switch (store.send(run, new Content(request.contentType(), body))) {
                    case ACCEPTED -> new Response(202, null, NOTHING, "Workerpool-Run", run.id());
                    case FULL ->
                        Problem.MAILBOX_FULL.retryAfter(1, "The run has not taken the messages before this one");
                    case CLOSED ->
                        Problem.RUN_OVER.because(
                                "The run takes no more messages: it has "
                                        + run.state().text().toLowerCase(Locale.ROOT),
                                Map.of("state", run.state().text()));
                });
    }
}
