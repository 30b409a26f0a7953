package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.LinearFit;
import dev.workerpool.bench.load.Arrivals;
import dev.workerpool.bench.load.OpenLoop;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.load.OpenLoop.Outcome;
import dev.workerpool.bench.process.Server;
import dev.workerpool.bench.process.Vitals;
import dev.workerpool.bench.tasks.Doomed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Long load at 80% with a kill every second: does anything grow? Heap after a full collection, metaspace, threads and file
 * descriptors are read every few seconds, and a line is laid through the second half. What it rises by over that half is
 * growth when it is more than the scatter about it.
 */
public final class Soak implements Row {
    private static final double LOAD = 0.8;
    private static final double SERVICE_NANOS = 1e7;
    private static final Map<String, String> SETTINGS =
            Map.of("WORKERPOOL_THREADS", "2", "WORKERPOOL_TASK_TIMEOUT", "100ms");

    private static final List<String> WATCHED = List.of(Vitals.FILES, Vitals.HEAP, Vitals.METASPACE, Vitals.THREADS);

    private final Duration length;

    public Soak(Duration length) {
        this.length = length;
    }

    @Override
    public String name() {
        return "soak";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        double seconds = length.toSeconds();
        var at = new ArrayList<Double>();
        var values = new LinkedHashMap<String, List<Double>>();
        WATCHED.forEach(vital -> values.put(vital, new ArrayList<>()));
        try (Server worker = bench.sides().worker(SETTINGS, List.of())) {
            worker.awaitCorrectAnswer();
            int n = tune(bench);
            ManyKills.of(worker, ManyKills.UNTIL_LEVEL, ManyKills.SHORT);
            Vitals.getUsedTo(worker);
            double rate = LOAD * 2e9 / SERVICE_NANOS;
            var load =
                    load(worker, Arrivals.poisson(rate, seconds, 1), i -> new Call("/tasks/spin", "{\"n\":" + n + "}"));
            var kills = load(worker, Arrivals.constant(1, seconds), Soak::doomed);
            long began = System.nanoTime();
            double pause = Math.max(2, seconds / 120);
            while (!load.isDone()) {
                Thread.sleep((long) (pause * 1000));
                if (!load.isDone()) {
                    Map<String, Double> vitals = Vitals.of(worker);
                    values.forEach((vital, samples) -> samples.add(vitals.get(vital)));
                    at.add((System.nanoTime() - began) / 1e9);
                }
            }
            bench.report().note("answers: " + answers(load.join()) + "; doomed: " + answers(kills.join()));
        }
        report(bench, at, values);
    }

    /** On a worker of its own: a bare loop goes over the soaked one's limit. */
    private static int tune(Bench bench) throws Exception {
        try (Server worker = bench.sides().worker(2)) {
            worker.awaitCorrectAnswer();
            BareLoop.run(worker, 20_000, 2000);
            return BareLoop.tune(worker, SERVICE_NANOS);
        }
    }

    private static Call doomed(int index) {
        return new Call("/tasks/doomed", "{\"shape\":\"" + Doomed.SHAPES.get(index % Doomed.SHAPES.size()) + "\"}");
    }

    private static CompletableFuture<Outcome> load(
            Server worker, double[] arrivals, java.util.function.IntFunction<Call> calls) {
        var outcome = new CompletableFuture<Outcome>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                outcome.complete(OpenLoop.run(worker, arrivals, calls));
            } catch (InterruptedException | RuntimeException e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    private static Map<Integer, Long> answers(Outcome outcome) {
        var counts = new java.util.TreeMap<Integer, Long>();
        for (int status : outcome.statuses()) {
            counts.merge(status, 1L, Long::sum);
        }
        return counts;
    }

    private void report(Bench bench, List<Double> at, Map<String, List<Double>> values) {
        int half = at.size() / 2;
        double[] x = at.subList(half, at.size()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        values.forEach((metric, samples) -> {
            double[] y = samples.subList(half, samples.size()).stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            var fit = LinearFit.of(x, y);
            double growth = fit.growth(x[0], x[x.length - 1]);
            double scatter = Math.max(2 * fit.residual(), 0.005 * fit.at(x[0]));
            bench.report()
                    .add(Figure.of(
                                    name(),
                                    metric + ": growth beyond scatter",
                                    Math.max(0, growth - scatter),
                                    "",
                                    Bar.atMost(0, 0))
                            .detail("growth", growth)
                            .detail("scatter", scatter)
                            .detail("seconds", at)
                            .detail("samples", samples));
            bench.report()
                    .note("%s: %.2f at half time, %.2f at the end, scatter %.2f"
                            .formatted(metric, fit.at(x[0]), fit.at(x[x.length - 1]), scatter));
        });
    }
}
