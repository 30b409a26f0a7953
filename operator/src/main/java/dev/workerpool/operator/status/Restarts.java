package dev.workerpool.operator.status;

import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The restarts of a pool's workers: a running total, and those of each present replica that are in it. To the total come the
 * restarts that each replica has beyond those already counted for it. Counting this way, a pass that is repeated adds nothing,
 * and one that comes late, after the operator was away, misses nothing.
 *
 * @param byReplica bounded: pods that failed are kept by the cluster by the thousand
 */
record Restarts(int total, Map<String, Integer> byReplica) {

    /** More than a pool and its surge can be; with three entries each they fit into the status. */
    static final int MOST_REPLICAS = 1300;

    private static final Comparator<Replica> FIRST_TO_KEEP = Comparator.comparing(
                    (Replica replica) -> replica.state() == Replica.State.EXITED)
            .thenComparing(Replica::madeAt, Comparator.reverseOrder());

    private record Counted(Replica replica, Map<String, Integer> restarts) {}

    static Restarts of(Optional<WorkerPoolStatus> before, Observed observed) {
        Map<String, Integer> known =
                before.map(WorkerPoolStatus::restartsByReplica).orElse(Map.of());
        List<Counted> counted = observed.replicas().stream()
                .map(replica -> new Counted(replica, of(replica, observed, known)))
                .filter(each -> !each.restarts.isEmpty())
                .toList();
        Map<String, Integer> all = merged(counted);
        Map<String, Integer> kept = merged(bounded(counted));
        int added = all.entrySet().stream()
                // What finds no place and had none before was counted when it had one.
                .mapToInt(entry -> entry.getValue()
                        - known.getOrDefault(entry.getKey(), kept.containsKey(entry.getKey()) ? 0 : entry.getValue()))
                .sum();
        return new Restarts(before.map(WorkerPoolStatus::restarts).orElse(0) + added, kept);
    }

    /**
     * A replica that is made anew takes its last restart with it, so that one is counted ahead. Should it not go after
     * all, the node restarts it, and its own count comes up to what was counted. Restarts in place begin anew with each
     * container, so each container has a count of its own, kept as long as it can still be read.
     */
    private static Map<String, Integer> of(Replica replica, Observed observed, Map<String, Integer> known) {
        Map<String, Integer> restarts = new TreeMap<>();
        restarts.put(replica.name(), replica.restarts() + (observed.replaced().contains(replica.name()) ? 1 : 0));
        replica.inPlace()
                .restartsByContainer()
                .forEach((container, inPlace) -> restarts.put(replica.name() + "/" + container, inPlace));
        restarts.replaceAll((key, count) -> Math.max(count, known.getOrDefault(key, 0)));
        restarts.values().removeIf(count -> count == 0);
        return restarts;
    }

    private static List<Counted> bounded(List<Counted> counted) {
        return counted.size() <= MOST_REPLICAS
                ? counted
                : counted.stream()
                        .sorted(Comparator.comparing(Counted::replica, FIRST_TO_KEEP))
                        .limit(MOST_REPLICAS)
                        .toList();
    }

    private static Map<String, Integer> merged(List<Counted> counted) {
        Map<String, Integer> merged = new TreeMap<>();
        counted.forEach(each -> merged.putAll(each.restarts));
        return merged;
    }
}
