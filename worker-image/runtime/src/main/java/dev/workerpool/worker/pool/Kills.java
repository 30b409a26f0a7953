package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.Checkpoints;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The kills under way, and which checkpoints are armed for each. Those of the classes that the run's threads are in; of all
 * classes only for moments, for that slows down everybody's task code: where threads are unknown, and again and again where
 * one is in code of the JDK, which may call back any class and will mostly be a loop that no checkpoint ends. For the
 * watchdog only.
 */
final class Kills {
    private final Map<Run, Kill> kills = new LinkedHashMap<>();
    private final Set<Run> due = new LinkedHashSet<>();

    private static final class Kill {
        private final Checkpoints checkpoints = new Checkpoints();
        private int inVain;

        void strike(Run run) {
            boolean enough = checkpoints.arm(run.threads());
            boolean unknown = run.belongings() != null && run.belongings().mayHaveUnknownThreads();
            // Ever more seldom: the first time, the 2nd, 4th, 8th …
            if ((unknown || !enough) && Integer.bitCount(++inVain) == 1) {
                checkpoints.armAll();
            }
        }
    }

    /** The run's threads are to be struck in this round, for the first time or once more. */
    void isDue(Run run) {
        due.add(run);
    }

    /** Ends the round. @return when the next is due by itself, which is never */
    long carryOut(long now) {
        var struck = List.copyOf(due);
        due.clear();
        for (Run run : struck) {
            if (run.isDying()) {
                kills.computeIfAbsent(run, first -> new Kill()).strike(run);
            }
        }
        kills.entrySet().removeIf(entry -> {
            boolean over = !entry.getKey().isDying();
            if (over) {
                entry.getValue().checkpoints.disarm();
            }
            return over;
        });
        return Watchdog.NEVER;
    }
}
