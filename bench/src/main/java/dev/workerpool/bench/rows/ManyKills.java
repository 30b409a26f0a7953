package dev.workerpool.bench.rows;

import dev.workerpool.bench.load.Client;
import dev.workerpool.bench.load.Client.Answer;
import dev.workerpool.bench.process.Server;
import dev.workerpool.bench.tasks.Doomed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Loops of all shapes, one after the other, that are killed for running over their time. */
final class ManyKills {
    /**
     * The first thousands have the compiler see methods that run once in a kill, and what it learns of a method lies in
     * metaspace. That comes to an end, as a leak would not: from then on the JVM's own account of class loaders grows by 4
     * bytes a kill.
     */
    static final int UNTIL_LEVEL = 12_000;

    /** The time limit, for when there are to be many in little time. */
    static final String SHORT = "Workerpool-Timeout: 5ms";

    private ManyKills() {}

    static void of(Server worker, int times, String... headers) {
        try (Client client = worker.connect()) {
            for (int i = 0; i < times; i++) {
                String shape = Doomed.SHAPES.get(i % Doomed.SHAPES.size());
                byte[] body = ("{\"shape\":\"" + shape + "\"}").getBytes(StandardCharsets.US_ASCII);
                Answer answer = client.post("/tasks/doomed", "application/json", body, headers);
                if (answer.status() != 504) {
                    throw new IllegalStateException("doomed " + shape + ": " + answer);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
