package dev.workerpool.bench.rows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.Client;
import dev.workerpool.bench.load.Client.Answer;
import dev.workerpool.bench.process.Server;
import dev.workerpool.bench.tasks.Doomed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * From the time limit of a loop that nothing ends to the moment its thread is free. The pool has one thread; a probe waits
 * behind the doomed run and tells, by the worker's own clock, when both started.
 */
public final class Kills implements Row {
    private static final long LIMIT_NANOS = 50_000_000;
    private static final Map<String, String> SETTINGS =
            Map.of("WORKERPOOL_THREADS", "1", "WORKERPOOL_TASK_TIMEOUT", "50ms");
    private static final byte[] NOTHING = {};

    @Override
    public String name() {
        return "kill";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        int kills = bench.quick() ? 60 : 300;
        var byShape = new LinkedHashMap<String, List<Double>>();
        Doomed.SHAPES.forEach(shape -> byShape.put(shape, new ArrayList<>()));
        try (Server worker = bench.sides().worker(SETTINGS, List.of())) {
            worker.awaitCorrectAnswer();
            try (Client doomed = worker.connect();
                    Client prober = worker.connect()) {
                for (String shape : Doomed.SHAPES) {
                    kill(doomed, prober, shape); // The first of a kind also loads and compiles.
                }
                for (int i = 0; i < kills; i++) {
                    String shape = Doomed.SHAPES.get(i % Doomed.SHAPES.size());
                    byShape.get(shape).add(kill(doomed, prober, shape));
                }
            }
        }
        report(bench, byShape);
    }

    private void report(Bench bench, Map<String, List<Double>> byShape) {
        double[] all = byShape.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .toArray();
        var p99ByShape = new LinkedHashMap<String, Double>();
        byShape.forEach((shape, millis) -> p99ByShape.put(
                shape,
                Spread.percentile(
                        millis.stream().mapToDouble(Double::doubleValue).toArray(), 0.99)));
        bench.report().add(Figure.of(name(), "limit → thread free, p50", Spread.of(all), "ms", null));
        bench.report()
                .add(Figure.of(
                                name(),
                                "limit → thread free, p99",
                                Spread.percentile(all, 0.99),
                                "ms",
                                Bar.atMost(20, 15))
                        .detail("p99 by shape", p99ByShape)
                        .detail("samples", byShape));
    }

    /** @return milliseconds from the limit to the start of the next run */
    private static double kill(Client doomed, Client prober, String shape) throws IOException {
        var death = CompletableFuture.supplyAsync(() -> post(doomed, shape));
        JsonNode told;
        do {
            // Until it comes behind the doomed run and not before it.
            Answer answer = prober.post("/tasks/probe", "application/octet-stream", NOTHING);
            if (answer.status() != 200) {
                throw new IllegalStateException("probe: " + answer);
            }
            told = answer.json();
        } while (!death.isDone());
        if (death.join().status() != 504) {
            throw new IllegalStateException("doomed " + shape + ": " + death.join());
        }
        return (told.get("now").longValue() - told.get("doomedStartedAt").longValue() - LIMIT_NANOS) / 1e6;
    }

    private static Answer post(Client client, String shape) {
        try {
            return client.post("/tasks/doomed", "{\"shape\":\"" + shape + "\"}");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
