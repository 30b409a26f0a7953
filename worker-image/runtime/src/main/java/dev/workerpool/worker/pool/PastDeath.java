package dev.workerpool.worker.pool;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * How a worker died that was in this container before this one.
 *
 * @param number of the death, from 1: so many workers have died here by then
 * @param exitCode 128 and the number of the signal for one that was killed
 * @param cause {@code exit}: it ended itself; {@code signal}: it was killed; {@code oom}: the kernel killed it for memory
 * @param executing the task types that its threads were executing
 */
public record PastDeath(int number, int exitCode, String cause, Instant at, List<String> executing) {
    private static final String DIED = "died";
    private static final int FIXED = 5;

    /**
     * @param lines {@code died <number> <exit code> <cause> <time> <type>…}, as the primary notes each
     * @throws IllegalArgumentException when they are none
     */
    public static List<PastDeath> parse(String lines) {
        var deaths = new ArrayList<PastDeath>();
        for (String line : lines.split("\n")) {
            if (!line.isBlank()) {
                deaths.add(read(line));
            }
        }
        return List.copyOf(deaths);
    }

    private static PastDeath read(String line) {
        List<String> words = List.of(line.split(" "));
        if (words.size() < FIXED || !words.getFirst().equals(DIED)) {
            throw new IllegalArgumentException(line);
        }
        try {
            return new PastDeath(
                    Integer.parseInt(words.get(1)),
                    Integer.parseInt(words.get(2)),
                    words.get(3),
                    Instant.parse(words.get(4)),
                    words.subList(FIXED, words.size()));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(line, e);
        }
    }
}
