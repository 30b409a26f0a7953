package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.ClosedLoop.Load;
import dev.workerpool.bench.load.ClosedLoop.Window;
import dev.workerpool.bench.process.Server;
import java.util.List;
import java.util.Map;

/**
 * Tasks of a length that is the same on both sides: the kernel is tuned to it on each side alone, so that neither compiler
 * gives its server a lead. Throughput against Node's, and the share of what the cores would do with nothing but the kernel.
 */
public final class SizedTasks implements Row {
    private record Size(String name, double nanos, Bar ratio, Bar share) {}

    private static final List<Size> SIZES = List.of(
            new Size("100 µs", 1e5, Bar.atLeast(2.0, 2.4), Bar.atLeast(0.75, 0.85)),
            new Size("1 ms", 1e6, Bar.atLeast(1.15, 1.2), Bar.atLeast(0.96, 0.98)),
            new Size("10 ms", 1e7, Bar.atLeast(1.0, 1.02), Bar.atLeast(0.99, 0.995)));

    /** One window, and the bare loop right before and after it: they show what the cores gave in these seconds. */
    private record Turn(BareLoop before, Window window, BareLoop after) {
        double bareRate() {
            return (before.rate() + after.rate()) / 2;
        }

        /** Tasks per second as they would be had the tuning hit its time exactly, and had the machine not drifted since. */
        double rate(double nanos) {
            return window.rate() / bareRate() * 2e9 / nanos;
        }

        /** Of two cores less what the generator used of them. */
        double shareOfLimit() {
            return window.rate() / (bareRate() * (2 - window.generatorCores()) / 2);
        }
    }

    @Override
    public String name() {
        return "tasks";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        try (var duel = new Duel(bench)) {
            duel.warm(Load.json("/tasks/spin", "{\"n\":20000}"));
            for (Size size : SIZES) {
                measure(bench, duel, size);
            }
        }
    }

    private void measure(Bench bench, Duel duel, Size size) throws Exception {
        int ours = BareLoop.tune(duel.worker, size.nanos());
        int nodes = BareLoop.tune(duel.node(), size.nanos());
        Map<Server, List<Turn>> turns = duel.inTurn(server -> {
            int n = server == duel.worker ? ours : nodes;
            return Steady.of(
                    () -> turn(bench, duel, server, n), turn -> turn.before().isLike(turn.after()));
        });
        bench.report()
                .add(Figure.of(
                                name(),
                                size.name() + ": throughput, against Node",
                                duel.ratios(turns, turn -> turn.rate(size.nanos()), true),
                                "×",
                                size.ratio())
                        .noise(duel.noise(turns, turn -> turn.rate(size.nanos())))
                        .detail("steps", Map.of("worker", ours, "Node", nodes))
                        .detail("turns", EmptyTask.byName(turns)));
        List<Double> shares = Duel.values(turns, duel.worker, Turn::shareOfLimit);
        bench.report()
                .add(Figure.of(
                                name(),
                                size.name() + ": share of the compute limit",
                                Spread.of(shares),
                                "",
                                size.share())
                        .noise(Spread.noise(shares)));
        Server best = duel.best(turns, turn -> turn.rate(size.nanos()), true);
        bench.report()
                .add(Figure.of(
                        name(),
                        size.name() + ": Node's share, which leaves room for no more than its inverse",
                        Spread.of(Duel.values(turns, best, Turn::shareOfLimit)),
                        "",
                        null));
    }

    private static Turn turn(Bench bench, Duel duel, Server server, int n) throws Exception {
        int millis = bench.quick() ? 300 : 1000;
        var before = BareLoop.run(server, n, millis);
        Window window = duel.window(server, Load.json("/tasks/spin", "{\"n\":" + n + "}"));
        return new Turn(before, window, BareLoop.run(server, n, millis));
    }
}
