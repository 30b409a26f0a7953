package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.Arrivals;
import dev.workerpool.bench.load.Client;
import dev.workerpool.bench.load.ClosedLoop.Load;
import dev.workerpool.bench.load.ClosedLoop.Window;
import dev.workerpool.bench.load.OpenLoop;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.load.OpenLoop.Outcome;
import dev.workerpool.bench.process.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Twice as many requests as can be served: what of the peak is left, and what it costs to say no. */
public final class Overload implements Row {
    /** Until the queue is full and every second request is refused. */
    private static final double LEAD_IN = 3;

    private static final int HOLD_MILLIS = 29_000;

    @Override
    public String name() {
        return "overload";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        goodput(bench);
        refusals(bench);
    }

    private void goodput(Bench bench) throws Exception {
        double seconds = LEAD_IN + (bench.quick() ? 5 : 12);
        var shares = new ArrayList<Double>();
        var runs = new ArrayList<Map<String, Double>>();
        try (Server worker = bench.sides().worker(2)) {
            worker.awaitCorrectAnswer();
            BareLoop.run(worker, 20_000, 2000);
            int n = BareLoop.tune(worker, 1e7);
            String body = "{\"n\":" + n + "}";
            for (int round = 1; round <= (bench.quick() ? 1 : 4); round++) {
                double peak = peak(bench, worker, body);
                Outcome outcome = OpenLoop.run(
                        worker, Arrivals.poisson(2 * peak, seconds, round), i -> new Call("/tasks/spin", body));
                double goodput = outcome.goodput(LEAD_IN, seconds);
                double peakAfter = peak(bench, worker, body);
                shares.add(goodput / ((peak + peakAfter) / 2));
                runs.add(Map.of(
                        "peakBefore", peak,
                        "peakAfter", peakAfter,
                        "goodput", goodput,
                        "refused", (double) outcome.count(503),
                        "broken", (double) outcome.count(-1)));
            }
        }
        bench.report()
                .add(Figure.of(name(), "2× overload: goodput of peak", Spread.of(shares), "", Bar.atLeast(0.97, 0.99))
                        .noise(Spread.noise(shares))
                        .detail("runs", runs));
    }

    private static double peak(Bench bench, Server worker, String body) throws Exception {
        return bench.closedLoop()
                .run(worker, Load.json("/tasks/spin", body), bench.quick() ? 3 : 6)
                .rate();
    }

    /** Both threads held, no queue: nothing but refusals, so that their cost is not a small difference of large numbers. */
    private void refusals(Bench bench) throws Exception {
        var costs = new ArrayList<Double>();
        var windows = new ArrayList<Window>();
        var settings = Map.of("WORKERPOOL_THREADS", "2", "WORKERPOOL_QUEUE_CAPACITY", "0");
        try (Server worker = bench.sides().worker(settings, List.of())) {
            worker.awaitCorrectAnswer();
            Thread.sleep(100); // The threads that gave the first answer are idle again.
            var held = List.of(hold(worker), hold(worker));
            awaitFull(worker);
            var load = Load.json("/tasks/spin", "{\"n\":0}");
            bench.closedLoop().run(worker, load, bench.quick() ? 2 : 5);
            for (int round = 0; round < (bench.quick() ? 2 : 5); round++) {
                Window window = bench.closedLoop().run(worker, load, bench.window());
                if (window.refused() < window.requests() * 0.999) {
                    throw new IllegalStateException("Not all was refused: " + window);
                }
                windows.add(window);
                costs.add(window.serverCpu() / window.refused() * 1e6);
            }
            if (!held.stream().allMatch(Thread::isAlive)) {
                throw new IllegalStateException("A thread was held for too short a time");
            }
        }
        bench.report()
                .add(Figure.of(name(), "CPU per refusal", Spread.of(costs), "µs", Bar.atMost(40, 20))
                        .noise(Spread.noise(costs))
                        .detail("windows", windows));
    }

    private static Thread hold(Server worker) throws IOException {
        Client client = worker.connect();
        return Thread.ofPlatform().daemon().start(() -> {
            try (client) {
                client.post("/tasks/hold", "{\"millis\":" + HOLD_MILLIS + "}");
            } catch (IOException gone) {
                // As it should: the worker is closed while they hold.
            }
        });
    }

    private static void awaitFull(Server worker) throws IOException, InterruptedException {
        try (Client client = worker.connect()) {
            int refusals = 0;
            for (int attempt = 0; refusals < 10; attempt++) {
                if (attempt == 500) {
                    throw new IllegalStateException("The held threads still take runs");
                }
                Thread.sleep(10);
                refusals = client.post("/tasks/spin", "{\"n\":0}").status() == 503 ? refusals + 1 : 0;
            }
        }
    }
}
