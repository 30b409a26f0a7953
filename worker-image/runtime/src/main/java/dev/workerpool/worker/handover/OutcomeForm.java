package dev.workerpool.worker.handover;

import dev.workerpool.mapping.InvalidTaskInputException.FieldError;
import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.Outcome;
import java.time.Duration;
import java.util.List;

/**
 * An outcome in the form in which replicas tell it, but for the bytes of a result. Each kind uses those fields that it has.
 *
 * @param number an exit code, bytes, or nanoseconds
 */
record OutcomeForm(String kind, List<FieldError> errors, String type, String message, long number, boolean asked) {
    private static OutcomeForm plain(String kind) {
        return new OutcomeForm(kind, null, null, null, 0, false);
    }

    private static OutcomeForm of(String kind, long number, boolean asked) {
        return new OutcomeForm(kind, null, null, null, number, asked);
    }

    static OutcomeForm of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Succeeded succeeded -> plain("succeeded");
            case Outcome.InvalidInput invalid ->
                new OutcomeForm("invalid-input", invalid.errors(), null, null, 0, false);
            case Outcome.Failed failed ->
                new OutcomeForm("failed", null, failed.exceptionType(), failed.message(), 0, false);
            case Outcome.Stopped stopped -> of("stopped", stopped.exitCode(), false);
            case Outcome.TimedOut late -> of("timed-out", late.timeout().toNanos(), late.asked());
            case Outcome.AllocationExceeded exceeded -> of("allocation-exceeded", exceeded.budget(), false);
            case Outcome.WaitExceeded exceeded ->
                of("wait-exceeded", exceeded.maxWait().toNanos(), false);
            case Outcome.Refused refused -> of("refused", refused.left().toNanos(), false);
            case Outcome.Cancelled cancelled -> plain("cancelled");
            case Outcome.Drained drained -> plain("drained");
        };
    }

    /** @param content of a run that succeeded; null for none */
    Outcome outcome(Content content) throws MalformedTransferException {
        return switch (kind) {
            case "succeeded" -> new Outcome.Succeeded(content);
            case "invalid-input" -> new Outcome.InvalidInput(errors == null ? List.of() : errors);
            case "failed" -> new Outcome.Failed(type, message);
            case "stopped" -> new Outcome.Stopped((int) number);
            case "timed-out" -> new Outcome.TimedOut(Duration.ofNanos(number), asked);
            case "allocation-exceeded" -> new Outcome.AllocationExceeded(number);
            case "wait-exceeded" -> new Outcome.WaitExceeded(Duration.ofNanos(number));
            case "refused" -> new Outcome.Refused(Duration.ofNanos(number));
            case "cancelled" -> new Outcome.Cancelled();
            case "drained" -> new Outcome.Drained();
            case null, default -> throw new MalformedTransferException("outcome.kind '" + kind + "' is unknown");
        };
    }
}
