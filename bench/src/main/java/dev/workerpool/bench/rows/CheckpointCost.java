package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.jmh.KernelBenchmark;
import dev.workerpool.bench.tasks.Kernels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What checkpoints cost code that is never killed. Plain and woven forks take turns; of each fork the best iteration counts,
 * for whatever else the machine does can only make one slower.
 */
public final class CheckpointCost implements Row {
    private static final List<String> LOADINGS = List.of("plain", "woven");

    @Override
    public String name() {
        return "checkpoints";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        for (String kernel : Kernels.names()) {
            var best = new HashMap<String, List<Double>>();
            LOADINGS.forEach(loading -> best.put(loading, new ArrayList<>()));
            for (int round = 0; round < (bench.quick() ? 1 : 4); round++) {
                for (String loading : round % 2 == 0 ? LOADINGS : LOADINGS.reversed()) {
                    best.get(loading)
                            .add(Collections.min(Jmh.fork(
                                    bench,
                                    KernelBenchmark.class,
                                    Map.of("kernel", kernel, "loading", loading),
                                    bench.quick() ? 4 : 6,
                                    bench.quick() ? 200 : 300)));
                }
            }
            report(bench, kernel, best.get("plain"), best.get("woven"));
        }
    }

    private void report(Bench bench, String kernel, List<Double> plain, List<Double> woven) {
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < plain.size(); i++) {
            ratios.add(woven.get(i) / plain.get(i));
        }
        bench.report()
                .add(Figure.of(name(), kernel + ": woven, against plain", Spread.of(ratios), "×", Bar.atMost(1.01, 1.0))
                        .noise(Math.max(Spread.noise(plain), Spread.noise(woven)))
                        .detail("nanoseconds", Map.of("plain", plain, "woven", woven)));
    }
}
