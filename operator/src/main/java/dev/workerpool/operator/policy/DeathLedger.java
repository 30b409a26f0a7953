package dev.workerpool.operator.policy;

import dev.workerpool.operator.status.Death;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The deaths of a pool's workers within the last ten minutes at which something was running, and the task type they point
 * at.
 *
 * <p>A type is suspect that ran at three of them or more, and at most of them. Where several types ran at a death, each
 * bears a part of it, so the one that was also seen dying alone comes out. Where that does not part them, five deaths are
 * needed, and the rarer one is taken: what is always running is running at each death, whoever caused it. Deaths at which
 * nothing ran count for nobody. Not for concurrent use.
 */
final class DeathLedger {

    static final Duration WINDOW = Duration.ofMinutes(10);
    static final int ENOUGH = 3;
    static final int ENOUGH_WHEN_ALIKE = 5;

    /** A pool of a thousand replicas dies at most so often as says anything new. */
    private static final int MOST = 1_000;

    /**
     * @param deaths at which it ran
     * @param alike other types to which the same deaths point as much
     */
    record Suspect(String type, int deaths, Set<String> alike) {}

    private record Entry(String id, Instant at, List<String> executing) {

        private Set<String> types() {
            return Set.copyOf(executing);
        }
    }

    /** How much points at a type. @param threads that ran it, at all deaths together */
    private record Evidence(int deaths, double part, int threads) {

        private static final Evidence NONE = new Evidence(0, 0, 0);

        private Evidence with(double more, int threadsMore) {
            return new Evidence(deaths + 1, part + more, threads + threadsMore);
        }

        private boolean isAsStrongAs(Evidence other) {
            return Math.abs(part - other.part) < 1e-9;
        }
    }

    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Map<String, Instant> explained = new HashMap<>();
    private Instant beginning = Instant.EPOCH;

    /** A death that was noted already, or is over for too long, is not noted. */
    void note(Death death, Instant now) {
        String id = death.podUid() + "/" + death.at();
        boolean old = death.at().isBefore(now.minus(WINDOW));
        boolean known = explained.containsKey(id) || entries.stream().anyMatch(entry -> entry.id.equals(id));
        if (!old && !known && !death.executing().isEmpty() && entries.size() + explained.size() < MOST) {
            entries.addLast(new Entry(id, death.at(), death.executing()));
        }
    }

    /** What was before counts no more. */
    void beginAnew(Instant now) {
        entries.clear();
        explained.clear();
        beginning = now;
    }

    /** Has what is there now been there for long? */
    boolean isSettled(Instant now) {
        return beginning.plus(WINDOW).isBefore(now);
    }

    /** The deaths at which this type ran are put down to it, and point at nobody else. */
    void explain(String type) {
        entries.removeIf(entry -> {
            boolean its = entry.executing.contains(type);
            if (its) {
                explained.put(entry.id, entry.at);
            }
            return its;
        });
    }

    Optional<Suspect> suspect(Instant now) {
        Instant oldest = now.minus(WINDOW);
        entries.removeIf(entry -> entry.at.isBefore(oldest));
        explained.values().removeIf(at -> at.isBefore(oldest));
        Map<String, Evidence> all = evidence();
        return all.entrySet().stream()
                .filter(candidate ->
                        candidate.getValue().deaths >= ENOUGH && candidate.getValue().deaths * 2 > entries.size())
                .min(Comparator.<Map.Entry<String, Evidence>>comparingDouble(candidate -> -candidate.getValue().part)
                        .thenComparing(candidate -> candidate.getValue().threads)
                        .thenComparing(Map.Entry::getKey))
                .map(candidate ->
                        new Suspect(candidate.getKey(), candidate.getValue().deaths, alike(candidate.getKey(), all)))
                .filter(suspect -> suspect.alike.isEmpty() || suspect.deaths >= ENOUGH_WHEN_ALIKE);
    }

    private Map<String, Evidence> evidence() {
        Map<String, Evidence> all = new HashMap<>();
        for (Entry entry : entries) {
            double part = 1.0 / entry.types().size();
            for (String type : entry.types()) {
                int threads =
                        (int) entry.executing.stream().filter(type::equals).count();
                all.put(type, all.getOrDefault(type, Evidence.NONE).with(part, threads));
            }
        }
        return all;
    }

    private static Set<String> alike(String type, Map<String, Evidence> all) {
        return all.entrySet().stream()
                .filter(other ->
                        !other.getKey().equals(type) && other.getValue().isAsStrongAs(all.get(type)))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
