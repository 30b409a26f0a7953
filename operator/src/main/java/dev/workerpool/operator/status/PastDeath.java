package dev.workerpool.operator.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The death of a worker whose primary forked another one in the same container. The node does not notice: the next worker
 * tells of it, and when the container ends, its last message does.
 *
 * @param restart the how-many-th restart in its container followed it, from 1
 * @param cause {@code exit}, {@code signal}, or {@code oom} for a signal of the kernel that was out of memory; null when the
 *     replica does not say
 * @param at RFC 3339
 * @param executing task types, one for each thread that ran one
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PastDeath(int restart, int exitCode, String cause, String at, List<String> executing) {

    private static final String DIED = "died ";
    private static final String OUT_OF_MEMORY = "oom";

    private static final int LONGEST_CAUSE = 16;

    public PastDeath {
        executing = executing == null ? List.of() : Executing.in(executing);
        cause = cause == null || cause.length() <= LONGEST_CAUSE ? cause : cause.substring(0, LONGEST_CAUSE);
    }

    /** What a replica tells may be anything. */
    public boolean isValid() {
        return restart > 0 && instant().isPresent();
    }

    private Optional<Instant> instant() {
        try {
            return Optional.ofNullable(at).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    static boolean isLine(String line) {
        return line.startsWith(DIED);
    }

    /** Lines {@code died <restart> <exit code> <cause> <time> <type>…} among others, which are passed over. */
    static List<PastDeath> in(String message) {
        return message.lines()
                .filter(PastDeath::isLine)
                .map(line -> List.of(line.strip().split(" +")))
                .flatMap(words -> read(words).stream())
                .toList();
    }

    private static Optional<PastDeath> read(List<String> words) {
        try {
            return Optional.of(new PastDeath(
                            Integer.parseInt(words.get(1)),
                            Integer.parseInt(words.get(2)),
                            words.get(3),
                            words.get(4),
                            words.subList(5, words.size())))
                    .filter(PastDeath::isValid);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** How often a worker was forked anew in a container with these deaths. */
    public static int restarts(List<PastDeath> deaths) {
        return deaths.stream().mapToInt(PastDeath::restart).max().orElse(0);
    }

    Death of(Replica replica) {
        String words = executing.isEmpty() ? "" : "executing " + String.join(", ", new TreeSet<>(executing));
        return new Death(
                replica.name(),
                replica.uid(),
                restart - 1,
                Optional.of(exitCode),
                OUT_OF_MEMORY.equals(cause) ? Death.OUT_OF_MEMORY : "Error",
                words,
                instant().orElseThrow(),
                executing);
    }
}
