package dev.workerpool.worker.http;

import dev.workerpool.mapping.InvalidTaskInputException.FieldError;
import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.Outcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How the outcome of a run is told to its caller. */
final class Outcomes {
    private final RetryAdvice retry;

    Outcomes(RetryAdvice retry) {
        this.retry = retry;
    }

    /** @param task the type */
    Response response(String task, Outcome outcome) {
        // Before the switch, whose code is made at run time: the first good answer does not wait for it.
        if (outcome instanceof Outcome.Succeeded succeeded) {
            return succeeded(succeeded.content());
        }
        return switch (outcome) {
            case Outcome.Succeeded(var content) -> succeeded(content);
            case Outcome.InvalidInput(var errors) -> invalid(errors);
            case Outcome.Failed failed -> failed(failed);
            case Outcome.Stopped(int exitCode) -> Problem.stopped(exitCode);
            case Outcome.TimedOut(var timeout, boolean asked) ->
                Problem.TASK_TIMEOUT.because("The task " + task + " ran for longer than " + timeout.toMillis() + " ms, "
                        + (asked ? "the limit that the call set by Workerpool-Timeout" : "the pool's time limit"));
            case Outcome.AllocationExceeded(long budget) ->
                Problem.ALLOCATION_EXCEEDED.because(
                        "The task " + task + " allocated more than " + budget + " bytes",
                        Map.of("maxAllocation", budget));
            case Outcome.WaitExceeded(var maxWait) ->
                Problem.WAIT_EXCEEDED.retryAfter(
                        retry.seconds(), "No thread became free within " + maxWait.toMillis() + " ms");
            case Outcome.Refused(var left) -> refused(task, left);
            case Outcome.Drained drained ->
                Problem.DRAINING.retryAfter(1, "The replica had to exit before the task was through");
            case Outcome.Cancelled cancelled ->
                Problem.CANCELLED.because("The run was cancelled before it was through");
        };
    }

    static Response invalid(List<FieldError> errors) {
        return Problem.MALFORMED_INPUT.because(
                errors.stream().map(error -> error.field() + " " + error.rule()).collect(Collectors.joining("; ")),
                Map.of("errors", errors));
    }

    /** @param left until the type is let in again */
    static Response refused(String task, Duration left) {
        return Problem.TASK_REFUSED.retryAfter(
                left.toSeconds(), "Task type '" + task + "' kept killing its worker and is let in again later");
    }

    private static Response succeeded(Content content) {
        return content == null
                ? Response.noContent()
                : new Response(200, content.mediaType(), content.bytes().duplicate());
    }

    private static Response failed(Outcome.Failed failed) {
        var exception = new LinkedHashMap<String, Object>();
        exception.put("type", failed.exceptionType());
        exception.put("message", failed.message());
        String detail = failed.message() == null ? failed.exceptionType() : failed.message();
        return Problem.TASK_FAILED.because(detail, Map.of("exception", exception));
    }
}
