package dev.workerpool.worker.handover;

import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.RunOptions;
import dev.workerpool.worker.runs.EndedRun;
import dev.workerpool.worker.runs.RetainedRun;
import dev.workerpool.worker.runs.RunEvent;
import dev.workerpool.worker.runs.RunKey;
import dev.workerpool.worker.runs.WaitingRun;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A run in the form in which replicas tell it, but for the bytes of its input or result. Either {@code ended} or
 * {@code waiting} is there. Fields that a later release adds are passed over by an earlier one.
 *
 * @param key null for none
 * @param mediaType of the bytes; null when there are none
 */
record RunForm(String id, String task, String createdAt, RunKey key, String mediaType, Ended ended, Waiting waiting) {

    record Ended(String replica, int thread, long waitNanos, long runNanos, OutcomeForm outcome, List<Event> events) {}

    record Event(long id, String json) {}

    /**
     * @param timeoutNanos null when its caller set no limit
     * @param moves 0 from a release that does not count them
     */
    record Waiting(long waitedNanos, int urgency, Long timeoutNanos, Map<String, String> parameters, int moves) {}

    static RunForm of(RetainedRun run, String mediaType) {
        EndedRun over = run.ended();
        List<Event> events = run.events().stream()
                .map(event -> new Event(event.id(), new String(event.json(), StandardCharsets.UTF_8)))
                .toList();
        var ended = new Ended(
                over.replica(),
                over.thread(),
                over.waitTime().toNanos(),
                over.runTime().toNanos(),
                OutcomeForm.of(over.outcome()),
                events);
        return new RunForm(over.id(), over.task(), over.createdAt().toString(), run.key(), mediaType, ended, null);
    }

    static RunForm of(WaitingRun run) {
        Duration timeout = run.options().timeout();
        var waiting = new Waiting(
                run.waited().toNanos(),
                run.options().urgency(),
                timeout == null ? null : timeout.toNanos(),
                run.parameters(),
                run.moves());
        return new RunForm(
                run.id(),
                run.task(),
                run.createdAt().toString(),
                run.key(),
                run.body().mediaType(),
                null,
                waiting);
    }

    RetainedRun retained(Content content) throws MalformedTransferException {
        var over = new EndedRun(
                id,
                task,
                ended.replica(),
                ended.thread(),
                Instant.parse(createdAt),
                Duration.ofNanos(ended.waitNanos()),
                Duration.ofNanos(ended.runNanos()),
                ended.outcome().outcome(content));
        List<RunEvent> events = ended.events().stream()
                .map(event -> new RunEvent(event.id(), event.json().getBytes(StandardCharsets.UTF_8)))
                .toList();
        return new RetainedRun(over, events, key);
    }

    WaitingRun waiting(Content body) {
        Duration timeout = waiting.timeoutNanos() == null ? null : Duration.ofNanos(waiting.timeoutNanos());
        return new WaitingRun(
                id,
                task,
                Instant.parse(createdAt),
                Duration.ofNanos(waiting.waitedNanos()),
                body,
                waiting.parameters() == null ? Map.of() : waiting.parameters(),
                new RunOptions(waiting.urgency(), timeout),
                key,
                waiting.moves());
    }
}
