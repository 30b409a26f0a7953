package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.Arrivals;
import dev.workerpool.bench.load.OpenLoop;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.load.OpenLoop.Outcome;
import dev.workerpool.bench.process.Server;
import dev.workerpool.bench.tasks.Doomed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What ten kills a second do to the others. Neighbours of 1 ms come at a constant rate; beside them nothing (calm), runs
 * that take a core for as long as a doomed one does and end by themselves (as busy), or doomed runs (storm). There are
 * threads enough, so nobody waits for a thread: what differs from as busy is the kill.
 */
public final class KillStorm implements Row {
    private static final int NEIGHBOURS_PER_SECOND = 100;
    private static final int KILLS_PER_SECOND = 10;

    /** Two of them keep a core as long as a doomed run does: its limit, and the patience until it is killed. */
    private static final int BUSY_MILLIS = 27;

    private static final Map<String, String> SETTINGS =
            Map.of("WORKERPOOL_THREADS", "4", "WORKERPOOL_TASK_TIMEOUT", "50ms");

    private enum Beside {
        CALM,
        AS_BUSY,
        STORM
    }

    @Override
    public String name() {
        return "kill-storm";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        var toBusy = new ArrayList<Double>();
        var toCalm = new ArrayList<Double>();
        var runs = new ArrayList<Map<Beside, Double>>();
        int n;
        try (Server plain = bench.sides().worker(2)) {
            plain.awaitCorrectAnswer();
            BareLoop.run(plain, 20_000, 2000);
            n = BareLoop.tune(plain, 1e6);
        }
        try (Server worker = bench.sides().worker(SETTINGS, List.of())) {
            worker.awaitCorrectAnswer();
            run(worker, n, 5, Beside.CALM);
            run(worker, n, 3, Beside.STORM);
            for (int round = 0; round < (bench.quick() ? 1 : 3); round++) {
                double seconds = bench.quick() ? 6 : 15;
                double calm = run(worker, n, seconds, Beside.CALM);
                double busy = run(worker, n, seconds, Beside.AS_BUSY);
                double storm = run(worker, n, seconds, Beside.STORM);
                toBusy.add(storm / busy);
                toCalm.add(storm / calm);
                runs.add(Map.of(Beside.CALM, calm, Beside.AS_BUSY, busy, Beside.STORM, storm));
            }
        }
        bench.report()
                .add(Figure.of(name(), "neighbours' p99, against as busy", Spread.of(toBusy), "×", Bar.atMost(2, 1.5))
                        .noise(Spread.noise(toBusy))
                        .detail("p99 in ms", runs));
        bench.report().add(Figure.of(name(), "neighbours' p99, against calm", Spread.of(toCalm), "×", null));
    }

    /** @return the neighbours' p99 in milliseconds; one that itself ran over the limit counts with the time that took */
    private static double run(Server worker, int n, double seconds, Beside beside) throws Exception {
        var storm = CompletableFuture.runAsync(() -> {
            try {
                int rate = beside == Beside.STORM ? KILLS_PER_SECOND : 2 * KILLS_PER_SECOND;
                if (beside != Beside.CALM) {
                    OpenLoop.run(worker, Arrivals.constant(rate, seconds), i -> call(beside, n, i));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Outcome neighbours = OpenLoop.run(
                worker,
                Arrivals.poisson(NEIGHBOURS_PER_SECOND, seconds, 1),
                i -> new Call("/tasks/spin", "{\"n\":" + n + "}"));
        storm.join();
        return Spread.percentile(neighbours.answeredMillis(), 0.99);
    }

    private static Call call(Beside beside, int neighbour, int index) {
        if (beside == Beside.STORM) {
            String shape = Doomed.SHAPES.get(index % Doomed.SHAPES.size());
            return new Call("/tasks/doomed", "{\"shape\":\"" + shape + "\"}");
        }
        return new Call("/tasks/bare", "{\"n\":" + neighbour / 10 + ",\"millis\":" + BUSY_MILLIS + "}");
    }
}
