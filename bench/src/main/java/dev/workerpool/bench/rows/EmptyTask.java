package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.load.ClosedLoop.Load;
import dev.workerpool.bench.load.ClosedLoop.Window;
import dev.workerpool.bench.process.Server;
import java.util.List;
import java.util.Map;

/** A task that does nothing, JSON in and JSON out on both sides: what a call costs. */
public final class EmptyTask implements Row {
    private static final Load EMPTY = Load.json("/tasks/spin", "{\"n\":0}");

    @Override
    public String name() {
        return "empty";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        try (var duel = new Duel(bench)) {
            duel.warm(EMPTY);
            Map<Server, List<Window>> windows = duel.inTurn(server -> duel.window(server, EMPTY));
            bench.report()
                    .add(Figure.of(
                                    name(),
                                    "requests/s, against Node",
                                    duel.ratios(windows, Window::rate, true),
                                    "×",
                                    Bar.atLeast(3, 5))
                            .noise(duel.noise(windows, Window::rate))
                            .detail("windows", byName(windows)));
            bench.report()
                    .add(Figure.of(
                                    name(),
                                    "CPU per request, against Node",
                                    duel.ratios(windows, Window::cpuMicrosPerRequest, false),
                                    "×",
                                    Bar.atMost(0.30, 0.20))
                            .noise(duel.noise(windows, Window::cpuMicrosPerRequest)));
            for (Server server : windows.keySet()) {
                bench.report()
                        .note("%s: %,.0f requests/s, %.1f µs of CPU each, p99 %.2f ms"
                                .formatted(
                                        server.name(),
                                        Duel.median(windows, server, Window::rate),
                                        Duel.median(windows, server, Window::cpuMicrosPerRequest),
                                        Duel.median(windows, server, Window::p99Millis)));
            }
        }
    }

    static <T> Map<String, List<T>> byName(Map<Server, List<T>> results) {
        var named = new java.util.LinkedHashMap<String, List<T>>();
        results.forEach((server, list) -> named.put(server.name(), list));
        return named;
    }
}
