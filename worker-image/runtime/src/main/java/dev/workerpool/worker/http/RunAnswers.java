package dev.workerpool.worker.http;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.Outcome;
import dev.workerpool.worker.runs.EndedRun;
import dev.workerpool.worker.runs.RunState;
import dev.workerpool.worker.runs.StoredRun;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How runs that can be asked for are told: as a JSON object about the run, or as the outcome itself. */
final class RunAnswers {
    /** A result up to this size is part of the object if it is JSON or text. */
    private static final int INLINE = 64 * 1024;

    private static final double NANOS_PER_MILLI = 1e6;

    private final String replica;
    private final Outcomes outcomes;
    private final Duration retention;

    RunAnswers(String replica, Outcomes outcomes, Duration retention) {
        this.replica = replica;
        this.outcomes = outcomes;
        this.retention = retention;
    }

    Response identified(Response response) {
        return response.with("Workerpool-Replica", replica);
    }

    static String location(StoredRun run) {
        return "/runs/" + run.id();
    }

    /** What the waiting caller of the task gets. @param stored one that is over */
    Response outcome(StoredRun stored) {
        EndedRun run = stored.ended();
        Response response =
                identified(outcomes.response(run.task(), run.outcome())).with("Workerpool-Run", run.id());
        if (run.outcome() instanceof Outcome.Succeeded) {
            response = response.of(stored);
        }
        String timing = ServerTiming.of(run.waitTime().toNanos(), run.runTime().toNanos());
        return run.thread() == 0
                ? response.with("Server-Timing", timing)
                : response.with("Workerpool-Thread", Integer.toString(run.thread()), "Server-Timing", timing);
    }

    Response accepted(StoredRun run, String... headers) {
        return described(202, run, Map.of()).with("Location", location(run)).with(headers);
    }

    /** @param more members behind those that all have */
    Response described(int status, StoredRun run, Map<String, Object> more) {
        Map<String, Object> object = object(run);
        object.putAll(more);
        return identified(Response.json(status, object)).with("Workerpool-Run", run.id(), "Cache-Control", "no-store");
    }

    Map<String, Object> object(StoredRun run) {
        // In this order, and each once: the run goes on meanwhile, and what is told has to fit together.
        RunState state = run.state();
        EndedRun ended = run.ended();
        if (ended != null) {
            state = ended.state();
        }
        int thread = state == RunState.QUEUED ? 0 : run.thread();
        Duration waited = state == RunState.QUEUED ? null : run.waitTime();
        var object = new LinkedHashMap<String, Object>();
        object.put("id", run.id());
        object.put("task", run.task());
        object.put("state", state.text());
        object.put("replica", ended == null ? replica : ended.replica());
        if (thread > 0) {
            object.put("thread", thread);
        }
        object.put("createdAt", text(run.createdAt()));
        if (waited != null && thread > 0) {
            object.put("startedAt", text(run.createdAt().plus(waited)));
        }
        if (ended != null) {
            object.put("endedAt", text(ended.endedAt()));
            object.put("expiresAt", text(ended.endedAt().plus(retention)));
        }
        if (waited != null) {
            object.put("waitMs", millis(waited));
        }
        if (ended != null) {
            object.put("runMs", millis(ended.runTime()));
            putOutcome(object, run, ended);
        }
        return object;
    }

    private void putOutcome(Map<String, Object> object, StoredRun run, EndedRun ended) {
        if (!(ended.outcome() instanceof Outcome.Succeeded(var content))) {
            object.put("problem", problem(ended));
        } else if (content != null) {
            Object inline = inline(content);
            if (inline != null) {
                object.put("result", inline);
            }
            object.put("mediaType", content.mediaType());
            object.put("size", content.bytes().remaining());
            object.put("resultUrl", location(run) + "/result");
        }
    }

    /** As an object of its own, that of the answer to a waiting caller. */
    RawValue problem(EndedRun ended) {
        return Json.embedded(outcomes.response(ended.task(), ended.outcome()).body());
    }

    private static Object inline(Content content) {
        if (content.bytes().remaining() > INLINE) {
            return null;
        }
        String type = content.mediaType().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals("application/json") || type.endsWith("+json")) {
            return Json.embedded(content.bytes());
        }
        return type.startsWith("text/") ? Json.utf8(content.bytes()) : null;
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** With three decimals, as Server-Timing has it. */
    private static double millis(Duration time) {
        return Math.round(time.toNanos() / NANOS_PER_MILLI * 1000) / 1000.0;
    }
}
