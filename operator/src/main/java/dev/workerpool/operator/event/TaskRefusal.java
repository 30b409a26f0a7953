package dev.workerpool.operator.event;

import dev.workerpool.api.v1alpha1.RefusedTask;
import dev.workerpool.operator.policy.TaskRefusals.Release;
import dev.workerpool.operator.policy.TaskRefusals.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Tells which task types are refused because they kept killing their worker, and when that ends. */
public final class TaskRefusal {

    private TaskRefusal() {}

    public static List<Occurrence> of(Verdict verdict, Instant now) {
        List<Occurrence> occurrences = new ArrayList<>();
        verdict.refused().forEach(task -> occurrences.add(refused(task)));
        verdict.released().forEach(release -> occurrences.add(released(release, now)));
        return occurrences;
    }

    private static Occurrence refused(RefusedTask task) {
        return Occurrence.warning(
                "TaskRefused",
                "Task type %s was running at %d deaths of workers within ten minutes and is refused until %s"
                        .formatted(task.type(), task.deaths(), task.until()),
                Instant.parse(task.since()),
                task.type() + "/" + task.since());
    }

    private static Occurrence released(Release release, Instant now) {
        RefusedTask task = release.task();
        return Occurrence.normal(
                "TaskReleased",
                "Task type %s is let in again: %s".formatted(task.type(), release.why()),
                now,
                task.type() + "/" + task.since());
    }
}
