package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.load.ClosedLoop.Load;
import dev.workerpool.bench.load.ClosedLoop.Window;
import dev.workerpool.bench.process.Server;
import dev.workerpool.bench.process.Vitals;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A thousand kills, one after the other, while neighbours keep the other threads as busy as they can: does anything stay behind?
 * Read before and after, with {@link ManyKills#UNTIL_LEVEL} before both.
 */
public final class KillsInARow implements Row {
    private static final int QUICK_WARM_UP = 300;
    private static final int KILLS = 1000;
    private static final int QUICK_KILLS = 200;
    private static final int READINGS = 5;
    private static final int BETWEEN_READINGS = 50;
    private static final int NEIGHBOUR = 100_000;

    private static final Map<String, String> SETTINGS =
            Map.of("WORKERPOOL_THREADS", "3", "WORKERPOOL_TASK_TIMEOUT", "50ms");

    @Override
    public String name() {
        return "kills-in-a-row";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        try (Server worker = bench.sides().worker(SETTINGS, List.of())) {
            worker.awaitCorrectAnswer();
            int kills = bench.quick() ? QUICK_KILLS : KILLS;
            double calm = neighbours(bench, worker, 5).rate();
            underLoad(bench, worker, bench.quick() ? QUICK_WARM_UP : ManyKills.UNTIL_LEVEL, ManyKills.SHORT);
            // What is measured has another time limit, and loops that run longer are compiled once more.
            underLoad(bench, worker, kills);
            Vitals.getUsedTo(worker);
            Map<String, Double> before = lowest(bench, worker);
            double beside = underLoad(bench, worker, kills);
            Map<String, Double> after = lowest(bench, worker);
            report(bench, before, after, beside / calm);
        }
    }

    private void report(Bench bench, Map<String, Double> before, Map<String, Double> after, double beside) {
        before.forEach((vital, value) -> {
            double growth = Math.max(0, after.get(vital) / value - 1);
            bench.report()
                    .add(Figure.of(name(), vital + ": growth", growth, "", Bar.atMost(0.02, 0.01))
                            .detail("before", value)
                            .detail("after", after.get(vital)));
            bench.report().note("%s: %.2f before, %.2f after".formatted(vital, value, after.get(vital)));
        });
        bench.report().add(Figure.of(name(), "neighbours' rate, against without kills", beside, "×", null));
    }

    /** Of several readings with kills in between: what is under way at one of them, and what it left to collect, only adds. */
    private static Map<String, Double> lowest(Bench bench, Server worker) throws Exception {
        Map<String, Double> lowest = Vitals.of(worker);
        for (int i = 1; i < READINGS; i++) {
            underLoad(bench, worker, BETWEEN_READINGS);
            Vitals.of(worker).forEach((vital, value) -> lowest.merge(vital, value, Math::min));
        }
        return lowest;
    }

    private static Window neighbours(Bench bench, Server worker, double seconds)
            throws IOException, InterruptedException {
        return bench.closedLoop().run(worker, Load.json("/tasks/spin", "{\"n\":" + NEIGHBOUR + "}"), seconds);
    }

    /** @return answers to neighbours per second */
    private static double underLoad(Bench bench, Server worker, int kills, String... headers) throws Exception {
        var go = new AtomicBoolean(true);
        var killing = CompletableFuture.runAsync(() -> ManyKills.of(worker, kills, headers));
        killing.whenComplete((nothing, failure) -> go.set(false));
        double answers = 0;
        double seconds = 0;
        while (go.get()) {
            Window window = neighbours(bench, worker, 2);
            answers += window.requests();
            seconds += window.seconds();
        }
        killing.join();
        return answers / seconds;
    }
}
