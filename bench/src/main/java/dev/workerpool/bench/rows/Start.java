package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.process.Server;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** From the start of the process to its first answer that is right, asked for every millisecond. */
public final class Start implements Row {
    private static final String WORKER = "worker";
    private static final String NO_CACHE = "worker without its cache";
    private static final List<String> NODES = List.of("Node 1 × 2", "Node 2 × 1");

    @Override
    public String name() {
        return "start";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        var sides = new LinkedHashMap<String, Supplier<Server>>();
        sides.put(WORKER, () -> bench.sides().worker(2));
        sides.put(NO_CACHE, () -> bench.sides().workerWithoutCache(2));
        sides.put(NODES.getFirst(), () -> bench.sides().node(1, 2));
        sides.put(NODES.getLast(), () -> bench.sides().node(2, 1));
        var seconds = new LinkedHashMap<String, List<Double>>();
        for (String side : sides.keySet()) {
            seconds.put(side, new ArrayList<>());
            time(sides.get(side)); // Not counted: brings its files into memory.
        }
        for (int round = 0; round < (bench.quick() ? 4 : 12); round++) {
            var order = List.copyOf(sides.keySet());
            for (String side : round % 2 == 0 ? order : order.reversed()) {
                seconds.get(side).add(time(sides.get(side)));
            }
        }
        report(bench, seconds);
    }

    private static double time(Supplier<Server> side) throws InterruptedException {
        long began = System.nanoTime();
        try (Server server = side.get()) {
            return (server.awaitCorrectAnswer() - began) / 1e9;
        }
    }

    private void report(Bench bench, Map<String, List<Double>> seconds) {
        List<Double> ours = seconds.get(WORKER);
        String node = median(seconds, NODES.getFirst()) < median(seconds, NODES.getLast())
                ? NODES.getFirst()
                : NODES.getLast();
        bench.report()
                .add(Figure.of(
                                name(),
                                "first answer, against " + node,
                                ratios(ours, seconds.get(node)),
                                "×",
                                Bar.atMost(2.0, 1.2))
                        .noise(Math.max(Spread.noise(ours), Spread.noise(seconds.get(node))))
                        .detail("seconds", seconds));
        bench.report()
                .add(Figure.of(
                                name(),
                                "first answer, against no cache",
                                ratios(ours, seconds.get(NO_CACHE)),
                                "×",
                                Bar.atMost(0.40, 0.40))
                        .noise(Spread.noise(seconds.get(NO_CACHE))));
        seconds.keySet().forEach(side -> bench.report().note("%s: %.3f s".formatted(side, median(seconds, side))));
    }

    private static double median(Map<String, List<Double>> seconds, String side) {
        return Spread.of(seconds.get(side)).median();
    }

    private static Spread ratios(List<Double> ours, List<Double> theirs) {
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < ours.size(); i++) {
            ratios.add(ours.get(i) / theirs.get(i));
        }
        return Spread.of(ratios);
    }
}
