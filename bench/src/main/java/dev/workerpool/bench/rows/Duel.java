package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.Client;
import dev.workerpool.bench.load.ClosedLoop.Load;
import dev.workerpool.bench.load.ClosedLoop.Window;
import dev.workerpool.bench.process.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The worker with two threads beside Node in both of its layouts, measured in turn: A B C, C B A, … What drifts on the
 * machine hits all of them alike. Whatever is compared is compared with the layout that does better at it.
 */
final class Duel implements AutoCloseable {
    private static final int STEPS_TO_CHECK = 5000;
    private static final int WARM_UP_WINDOWS = 6;
    private static final double STILL_WARMING = 0.95;

    private final Bench bench;
    final Server worker;
    private final List<Server> servers = new ArrayList<>();

    /** What is measured of one server in one turn. */
    interface Turn<T> {
        T measure(Server server) throws Exception;
    }

    Duel(Bench bench) throws InterruptedException {
        this.bench = bench;
        this.worker = bench.sides().worker(2);
        servers.add(worker);
        servers.add(bench.sides().node(2, 1));
        servers.add(bench.sides().node(1, 2));
        for (Server server : servers) {
            server.awaitCorrectAnswer();
        }
    }

    Server node() {
        return servers.getLast();
    }

    /** Until the JIT compilers of either side are through with it: until a request costs hardly less than in the window before. */
    void warm(Load load) throws Exception {
        for (Server server : servers) {
            double before = Double.MAX_VALUE;
            double cost = Double.MAX_VALUE / 2;
            for (int window = 0; window < WARM_UP_WINDOWS && cost < before * STILL_WARMING; window++) {
                before = cost;
                cost = bench.closedLoop()
                        .run(server, load, bench.quick() ? 2 : 5)
                        .cpuMicrosPerRequest();
            }
        }
    }

    <T> Map<Server, List<T>> inTurn(Turn<T> turn) throws Exception {
        var results = new LinkedHashMap<Server, List<T>>();
        servers.forEach(server -> results.put(server, new ArrayList<>()));
        for (int round = 0; round < bench.rounds(); round++) {
            for (Server server : round % 2 == 0 ? servers : servers.reversed()) {
                results.get(server).add(turn.measure(server));
            }
        }
        return results;
    }

    /** One window of load; the server's results are looked at before and after. */
    Window window(Server server, Load load) throws Exception {
        check(server, STEPS_TO_CHECK);
        Window window =
                Steady.of(() -> bench.closedLoop().run(server, load, bench.window()), taken -> !taken.isDisturbed());
        check(server, STEPS_TO_CHECK + 1);
        if (window.refused() > 0) {
            throw new IllegalStateException(server.name() + " refused " + window.refused() + " of its requests");
        }
        return window;
    }

    /** Over a connection of its own: Node closes one that is idle for as long as a window that is taken twice. */
    private static void check(Server server, int n) throws IOException {
        try (Client client = server.connect()) {
            server.check(client, n);
        }
    }

    /** Of each round, ours over the best of Node's. */
    <T> Spread ratios(Map<Server, List<T>> results, ToDoubleFunction<T> value, boolean moreIsBetter) {
        Server best = best(results, value, moreIsBetter);
        var ratios = new ArrayList<Double>();
        for (int round = 0; round < results.get(worker).size(); round++) {
            ratios.add(value.applyAsDouble(results.get(worker).get(round))
                    / value.applyAsDouble(results.get(best).get(round)));
        }
        return Spread.of(ratios);
    }

    /** That of Node's layouts that does better at it. */
    <T> Server best(Map<Server, List<T>> results, ToDoubleFunction<T> value, boolean moreIsBetter) {
        Server best = null;
        for (Server server : servers.subList(1, servers.size())) {
            if (best == null || moreIsBetter == median(results, server, value) > median(results, best, value)) {
                best = server;
            }
        }
        return best;
    }

    static <T> double median(Map<Server, List<T>> results, Server server, ToDoubleFunction<T> value) {
        return Spread.of(values(results, server, value)).median();
    }

    static <T> List<Double> values(Map<Server, List<T>> results, Server server, ToDoubleFunction<T> value) {
        return results.get(server).stream().map(value::applyAsDouble).toList();
    }

    /** Like against like, of the side that is noisier. */
    <T> double noise(Map<Server, List<T>> results, ToDoubleFunction<T> value) {
        return servers.stream()
                .mapToDouble(server -> Spread.noise(values(results, server, value)))
                .max()
                .orElseThrow();
    }

    @Override
    public void close() {
        servers.forEach(Server::close);
    }
}
