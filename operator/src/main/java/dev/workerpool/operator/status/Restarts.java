package dev.workerpool.operator.status;

import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import java.time.Instant;
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

    private record Counted(boolean exited, Instant madeAt, Map<String, Integer> restarts) {

        private static final Comparator<Counted> FIRST_TO_KEEP =
                Comparator.comparing(Counted::exited).thenComparing(Counted::madeAt, Comparator.reverseOrder());

        private static Counted of(Replica replica, Observed observed, Map<String, Integer> known) {
            return new Counted(
                    replica.state() == Replica.State.EXITED, replica.madeAt(), Restarts.of(replica, observed, known));
        }

        private boolean isIn(Map<String, Integer> known) {
            return restarts.keySet().stream().anyMatch(known::containsKey);
        }

        private int beyond(Map<String, Integer> known) {
            return restarts.entrySet().stream()
                    .mapToInt(entry -> entry.getValue() - known.getOrDefault(entry.getKey(), 0))
                    .sum();
        }
    }

    static Restarts of(Optional<WorkerPoolStatus> before, Observed observed) {
        Map<String, Integer> known =
                before.map(WorkerPoolStatus::restartsByReplica).orElse(Map.of());
        List<Counted> counted = observed.replicas().stream()
                .map(replica -> Counted.of(replica, observed, known))
                .filter(each -> !each.restarts.isEmpty())
                .toList();
        Optional<Instant> oldestKept = oldestKept(counted, known);
        int added = counted.stream()
                .filter(each -> each.isIn(known) || !lostItsPlace(each, oldestKept))
                .mapToInt(each -> each.beyond(known))
                .sum();
        return new Restarts(before.map(WorkerPoolStatus::restarts).orElse(0) + added, merged(bounded(counted)));
    }

    /** Of the replicas that are over, where some may have found no place; empty where there was one for all. */
    private static Optional<Instant> oldestKept(List<Counted> counted, Map<String, Integer> known) {
        long replicas =
                known.keySet().stream().map(key -> key.split("/")[0]).distinct().count();
        return replicas < MOST_REPLICAS
                ? Optional.empty()
                : counted.stream()
                        .filter(each -> each.exited && each.isIn(known))
                        .map(Counted::madeAt)
                        .min(Comparator.naturalOrder());
    }

    /** To newer ones. It was counted when it had one, and is not again, should it find one once more. */
    private static boolean lostItsPlace(Counted unknown, Optional<Instant> oldestKept) {
        return unknown.exited
                && oldestKept.filter(oldest -> !unknown.madeAt.isAfter(oldest)).isPresent();
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
                        .sorted(Counted.FIRST_TO_KEEP)
                        .limit(MOST_REPLICAS)
                        .toList();
    }

    private static Map<String, Integer> merged(List<Counted> counted) {
        Map<String, Integer> merged = new TreeMap<>();
        counted.forEach(each -> merged.putAll(each.restarts));
        return merged;
    }
}
