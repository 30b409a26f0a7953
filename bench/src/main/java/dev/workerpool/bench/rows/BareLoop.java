package dev.workerpool.bench.rows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workerpool.bench.load.Client;
import dev.workerpool.bench.process.Server;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * The kernel with nothing around it, on both threads of a server at a time and without requests: the limit.
 *
 * @param nanosPerTask on the faster thread
 * @param rate of two such threads together, per second
 */
record BareLoop(double nanosPerTask, double rate) {
    private static final int ATTEMPTS = 10;

    /** Two loops on a machine that is left alone differ by a hundredth or two. */
    private static final double DRIFT = 1.04;

    static BareLoop run(Server server, int n, int millis) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (Client one = server.connect();
                    Client other = server.connect()) {
                var first = CompletableFuture.supplyAsync(() -> ask(one, n, millis));
                JsonNode second = ask(other, n, millis);
                if (!first.join().get("who").equals(second.get("who"))) {
                    return of(first.join(), second);
                }
            }
        }
        throw new IllegalStateException(server.name() + " runs two bare loops on one thread");
    }

    private static JsonNode ask(Client client, int n, int millis) {
        try {
            var answer = client.post("/tasks/bare", "{\"n\":%d,\"millis\":%d}".formatted(n, millis));
            if (answer.status() != 200) {
                throw new IllegalStateException("bare: " + answer);
            }
            return answer.json();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * By the faster thread: V8 compiles the loop anew on each, and on some to code of half the speed, for as long as the process
     * lives, while the same thread runs tasks at full speed.
     */
    private static BareLoop of(JsonNode first, JsonNode second) {
        double one = first.get("nanos").doubleValue() / first.get("count").doubleValue();
        double other = second.get("nanos").doubleValue() / second.get("count").doubleValue();
        double fastest = Math.min(one, other);
        return new BareLoop(fastest, 2e9 / fastest);
    }

    /** Did the cores give as much both times? */
    boolean isLike(BareLoop other) {
        return Math.max(rate, other.rate) <= Math.min(rate, other.rate) * DRIFT;
    }

    /** @return the steps that take as many nanoseconds on this side */
    static int tune(Server server, double nanos) throws IOException {
        double steps = 20_000;
        for (int attempt = 0; attempt < 3; attempt++) {
            steps *= nanos / run(server, (int) Math.round(steps), 400).nanosPerTask();
        }
        return (int) Math.round(steps);
    }
}
