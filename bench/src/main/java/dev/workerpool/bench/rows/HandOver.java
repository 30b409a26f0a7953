package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.jmh.HandOverBenchmark;
import java.util.ArrayList;
import java.util.Map;

/** What the pool itself takes per task, without HTTP, saturated. */
public final class HandOver implements Row {
    @Override
    public String name() {
        return "hand-over";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        var micros = new ArrayList<Double>();
        var forks = new ArrayList<Double>();
        for (int fork = 0; fork < (bench.quick() ? 1 : 3); fork++) {
            var iterations = Jmh.fork(
                            bench,
                            HandOverBenchmark.class,
                            Map.of(),
                            bench.quick() ? 4 : 10,
                            bench.quick() ? 500 : 1000)
                    .stream()
                    .map(nanos -> nanos / 1e3)
                    .toList();
            micros.addAll(iterations);
            forks.add(Spread.of(iterations).median());
        }
        bench.report()
                .add(Figure.of(name(), "per task, saturated", Spread.of(micros), "µs", Bar.atMost(1.5, 0.5))
                        .noise(Spread.noise(forks))
                        .detail("iterations", micros));
    }
}
