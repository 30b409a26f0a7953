package dev.workerpool.bench.poolrows;

import dev.workerpool.bench.cluster.Replicas;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.Client;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.load.SpreadConnections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** One caller, a pool that is otherwise idle: what knowing of each other adds to the time of an empty task. */
public final class IdleHop implements PoolRow {
    private static final String POOL = """
            replicas: 2
            threads: 1
            resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 512Mi}}
            tasks: {artifacts: [{configMap: bench-tasks}]}
            """;

    private static final Call EMPTY = new Call("/tasks/spin", "{\"n\":0}");

    /** @param hopped answers from another replica than the one that was called */
    private record Window(double p50Micros, double p99Micros, int requests, int hopped) {}

    @Override
    public String name() {
        return "idle-hop";
    }

    @Override
    public void measure(Lab lab) throws Exception {
        var ours = new ArrayList<Window>();
        var theirs = new ArrayList<Window>();
        var added = new ArrayList<Double>();
        double seconds = lab.quick() ? 2 : 5;
        try (Replicas pool = Replicas.pool(lab.cluster(), "idle", POOL).await(2).awaitPeers(1);
                Replicas plain = pool.plain().await(2)) {
            lab.confirm(pool, EMPTY);
            lab.confirm(plain, EMPTY);
            List.of(pool, plain, pool, plain).forEach(side -> run(side, seconds));
            for (int round = 0; round < (lab.quick() ? 4 : 8); round++) {
                boolean poolFirst = round % 2 == 0;
                Window first = run(poolFirst ? pool : plain, seconds);
                Window second = run(poolFirst ? plain : pool, seconds);
                ours.add(poolFirst ? first : second);
                theirs.add(poolFirst ? second : first);
                added.add(ours.getLast().p50Micros() - theirs.getLast().p50Micros());
            }
        }
        List<Double> plainTimes = theirs.stream().map(Window::p50Micros).toList();
        lab.report()
                .add(Figure.of(name(), "added to an empty task, p50", Spread.of(added), "µs", null)
                        .noise(Spread.noise(plainTimes))
                        .detail("pool", ours)
                        .detail("plain", theirs));
        lab.report().add(Figure.of(name(), "of plain pods' p50", Spread.of(plainTimes), "µs", null));
        lab.report()
                .add(Figure.of(
                        name(),
                        "requests that hop",
                        ours.stream().mapToInt(Window::hopped).sum(),
                        "",
                        Bar.atMost(0, 0)));
    }

    /** On a connection to each replica in turn, half of the time each: replicas differ a little. */
    private static Window run(Replicas side, double seconds) {
        var micros = new ArrayList<Double>();
        int hopped = 0;
        try (var connections = new SpreadConnections(side, 2, 1, 0)) {
            for (String replica : connections.replicas()) {
                Client client = connections.takeTo(replica);
                long end = System.nanoTime() + (long) (seconds / 2 * 1e9);
                for (long before = System.nanoTime(); before < end; before = System.nanoTime()) {
                    Client.Answer answer = client.post(EMPTY.path(), EMPTY.json());
                    micros.add((System.nanoTime() - before) / 1e3);
                    hopped += replica.equals(answer.replica()) ? 0 : 1;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        double[] all = micros.stream().mapToDouble(Double::doubleValue).toArray();
        return new Window(Spread.percentile(all, 0.5), Spread.percentile(all, 0.99), all.length, hopped);
    }
}
