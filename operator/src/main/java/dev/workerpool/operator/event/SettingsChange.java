package dev.workerpool.operator.event;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.status.Takeover;
import java.time.Instant;

/** Tells that all running replicas have taken over what was changed live. */
public final class SettingsChange {

    private SettingsChange() {}

    public static Occurrence applied(WorkerPool pool, Takeover takeover, Instant now) {
        long generation = pool.getMetadata().getGeneration();
        return Occurrence.normal(
                "SettingsApplied",
                (takeover.replicas() == 1 ? "1 replica runs" : takeover.replicas() + " replicas run")
                        + " the settings of generation " + generation,
                now,
                "" + generation);
    }
}
