package dev.workerpool.worker.http;

import dev.workerpool.worker.control.LiveRules;
import dev.workerpool.worker.control.Rule;
import dev.workerpool.worker.pool.RunOptions;
import dev.workerpool.worker.pool.RunTracer;
import dev.workerpool.worker.pool.RunTracer.RunTrace;
import dev.workerpool.worker.task.TaskEntry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the headers of a call say of its run: {@code Workerpool-Timeout}, {@code Priority} and how its input is encoded. */
final class RunHeaders {
    private static final AsciiString TIMEOUT = AsciiString.cached("Workerpool-Timeout");
    private static final AsciiString PRIORITY = AsciiString.cached("Priority");

    private static final AsciiString TRACE_CONTEXT = AsciiString.cached("traceparent");
    private static final AsciiString TRACE_STATE = AsciiString.cached("tracestate");

    private RunHeaders() {}

    /** @param limit of the pool @return null when there is nothing to complain of */
    static Response refuse(Request request, TaskEntry task, Duration limit) {
        Response encoded = refuseEncoded(request, task);
        return encoded == null ? refuseTimeout(request, limit) : encoded;
    }

    /** To a task that takes bytes it is one kind of bytes, and to one that takes nothing all the same. */
    private static Response refuseEncoded(Request request, TaskEntry task) {
        String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING, "");
        if (encoding.isEmpty()
                || HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(encoding)
                || !List.of("json", "text").contains(task.input())) {
            return null;
        }
        return Problem.UNSUPPORTED_MEDIA_TYPE
                .because("The header Content-Encoding must be identity: task '" + task.type() + "' takes "
                        + task.input() + ", and nothing decodes it before")
                .with("Accept-Encoding", "identity");
    }

    private static Response refuseTimeout(Request request, Duration limit) {
        if (!request.headers().contains(TIMEOUT)) {
            return null;
        }
        List<String> given = request.headers().getAll(TIMEOUT);
        Duration timeout = LiveRules.TIMEOUT.read(given.getFirst().strip());
        if (given.size() == 1 && timeout != null && timeout.compareTo(limit) <= 0) {
            return null;
        }
        String rule = given.size() > 1
                ? "must be given once"
                : "must be a duration from 1ms to " + Rule.text(limit)
                        + ", the pool's time limit, such as 500ms, 10s or 5m";
        return Problem.MALFORMED_INPUT.because(
                "The header " + TIMEOUT + " " + rule,
                Map.of("errors", List.of(Map.of("field", TIMEOUT.toString(), "rule", rule))));
    }

    /** @param request one that was not refused */
    static RunOptions options(Request request, RunTracer tracer) {
        String timeout = request.headers().get(TIMEOUT);
        String priority = request.headers().get(PRIORITY);
        RunTrace trace = tracer == RunTracer.OFF
                ? null
                : tracer.trace(
                        request.headers().get(TRACE_CONTEXT), request.headers().get(TRACE_STATE));
        if (timeout == null && priority == null && trace == null) {
            return RunOptions.DEFAULT;
        }
        return new RunOptions(
                // Several lines of a list are one.
                priority == null
                        ? RunOptions.DEFAULT.urgency()
                        : PriorityField.urgency(
                                String.join(", ", request.headers().getAll(PRIORITY))),
                timeout == null ? null : LiveRules.TIMEOUT.read(timeout.strip()),
                trace);
    }
}
