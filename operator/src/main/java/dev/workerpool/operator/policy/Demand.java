package dev.workerpool.operator.policy;

import dev.workerpool.operator.status.Load;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a pool has to do, seen at one moment.
 *
 * @param ready replicas that take tasks
 * @param threads tasks one replica can run at a time
 * @param inFlight tasks active or queued in the whole pool; empty when no replica said
 * @param refused tasks that would be active besides, had there been a thread for each that came; none that an idle replica had
 */
public record Demand(int ready, double threads, OptionalDouble inFlight, double refused) {

    /**
     * A replica that did not say counts as the average of those that did: so its silence asks neither for more replicas
     * nor for fewer. Not one that has just turned Ready: it would be taken to be as busy as those that it is to help, and
     * ask for still more.
     *
     * @param loads one for each Ready replica but those that are new, empty when it did not say
     * @param unheard Ready replicas that are new and did not say anything yet: they have nothing in flight
     * @param threadsByDefault threads of a replica as long as none says
     */
    public static Demand of(Collection<Optional<Load>> loads, int unheard, int threadsByDefault) {
        int ready = loads.size() + unheard;
        List<Load> told = loads.stream().flatMap(Optional::stream).toList();
        if (told.isEmpty()) {
            return new Demand(ready, threadsByDefault, OptionalDouble.empty(), 0);
        }
        Load sum = told.stream().reduce(Load.NONE, Load::plus);
        double each = 1.0 / told.size();
        double threads = sum.threads() * each;
        return new Demand(
                ready,
                threads > 0 ? threads : threadsByDefault,
                OptionalDouble.of(sum.inFlight() * each * loads.size()),
                refused(told, sum) * each * loads.size());
    }

    /**
     * By Little's law: those that are active stand to those that would be as the completed to all that came. One replica may
     * refuse while others idle, as the home of many a key does: more replicas would be of no help where these are not.
     */
    private static double refused(List<Load> told, Load sum) {
        int idleElsewhere = told.stream()
                .filter(load -> load.refused() == 0)
                .mapToInt(Load::idle)
                .sum();
        double besides = (double) sum.active() * sum.refused() / Math.max(1, sum.completed());
        return Math.max(0, besides - idleElsewhere);
    }
}
