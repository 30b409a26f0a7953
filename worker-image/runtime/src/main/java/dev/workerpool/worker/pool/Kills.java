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
 * one is in code of the JDK, which may call back any class and will mostly be a loop that no checkpoint ends. What is given up
 * keeps the checkpoints of its own classes armed until it is dead, for it may come back to them. For the watchdog only.
 */
final class Kills {
    private final Map<Run, Kill> kills = new LinkedHashMap<>();
    private final Set<Run> due = new LinkedHashSet<>();
    private final Set<Run> lost = new LinkedHashSet<>();

    private static final class Kill {
        private final Checkpoints checkpoints = new Checkpoints();
        private int inVain;

        void strike(Run run) {
            boolean enough = findAgain(run);
            boolean unknown = run.belongings() != null && run.belongings().mayHaveUnknownThreads();
            // Ever more seldom: the first time, the 2nd, 4th, 8th …
            if ((unknown || !enough) && Integer.bitCount(++inVain) == 1) {
                checkpoints.armAll();
            }
        }

        boolean findAgain(Run run) {
            return checkpoints.arm(run.threads());
        }
    }

    /** The run's threads are to be struck in this round, for the first time or once more. */
    void isDue(Run run) {
        due.add(run);
    }

    /** The same, of threads that are given up. */
    void isLost(Run run) {
        lost.add(run);
    }

    /** Ends the round. @return when the next is due by itself, which is never */
    long carryOut(long now) {
        taken(due).forEach(run -> kill(run).strike(run));
        taken(lost).forEach(run -> kill(run).findAgain(run));
        kills.entrySet().removeIf(entry -> {
            boolean over = !entry.getKey().isDying();
            if (over) {
                entry.getValue().checkpoints.disarm();
            }
            return over;
        });
        return Watchdog.NEVER;
    }

    private static List<Run> taken(Set<Run> runs) {
        List<Run> dying = runs.stream().filter(Run::isDying).toList();
        runs.clear();
        return dying;
    }

    private Kill kill(Run run) {
        return kills.computeIfAbsent(run, first -> new Kill());
    }
}
