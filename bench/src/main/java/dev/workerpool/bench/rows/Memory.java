package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.ClosedLoop.Load;
import dev.workerpool.bench.process.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is resident with four threads after load: empty tasks, tasks of about a millisecond, and 64 KiB bodies. */
public final class Memory implements Row {
    private static final double MEBIBYTE = 1 << 20;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        var ours = new ArrayList<Double>();
        var nodes = new ArrayList<Double>();
        for (int round = 0; round < (bench.quick() ? 1 : 3); round++) {
            ours.add(resident(bench, bench.sides().worker(4)));
            nodes.add(resident(bench, bench.sides().node(1, 4)));
        }
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < ours.size(); i++) {
            ratios.add(ours.get(i) / nodes.get(i));
        }
        bench.report()
                .add(Figure.of(
                                name(),
                                "resident with 4 threads, against Node 1 × 4",
                                Spread.of(ratios),
                                "×",
                                Bar.atMost(1.1, 0.7))
                        .noise(Math.max(Spread.noise(ours), Spread.noise(nodes)))
                        .detail("MiB", Map.of("worker", ours, "Node", nodes)));
        bench.report()
                .note("worker %.0f MiB, Node %.0f MiB"
                        .formatted(Spread.of(ours).median(), Spread.of(nodes).median()));
    }

    private static double resident(Bench bench, Server server) throws Exception {
        var loads = List.of(
                Load.json("/tasks/spin", "{\"n\":0}"),
                Load.json("/tasks/spin", "{\"n\":500000}"),
                new Load("/tasks/echo", "application/octet-stream", "x".repeat(1 << 16), null, 16));
        try (server) {
            server.awaitCorrectAnswer();
            for (Load load : loads) {
                bench.closedLoop().run(server, load, bench.quick() ? 2 : 5);
            }
            return server.resident() / MEBIBYTE;
        }
    }
}
