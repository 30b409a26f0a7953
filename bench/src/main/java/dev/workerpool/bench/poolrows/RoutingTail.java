package dev.workerpool.bench.poolrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workerpool.bench.cluster.Replicas;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.PerfectQueue;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.Arrivals;
import dev.workerpool.bench.load.Client;
import dev.workerpool.bench.load.Client.Answer;
import dev.workerpool.bench.load.OpenLoop;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.load.OpenLoop.Outcome;
import dev.workerpool.bench.load.SpreadConnections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Two replicas of one thread, tasks of 10 ms at 80% load through one Service: the tail beside that of one queue before two
 * servers that lose no time, and beside the same pods with the requests spread as they come. Once with tasks that only keep
 * their thread, which shows the routing alone, and once with tasks that use a core each, where the generator and the cluster
 * want a part of the same cores.
 */
public final class RoutingTail implements PoolRow {
    private static final String POOL = """
            replicas: 2
            threads: 1
            resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 512Mi}}
            tasks: {artifacts: [{configMap: bench-tasks}]}
            queue: {capacity: 10000, maxWait: 1m}
            """;
    private static final double LOAD = 0.8;
    private static final double LEAD_IN = 2;
    private static final double LEAST_ANSWERED = 0.98;
    private static final int MILLIS = 10;

    /** More than are ever in use at a time. */
    private static final int CONNECTIONS = 64;

    /** @param bare the same in a loop, for about a second */
    private record Work(String what, Call call, Call bare, Bar perfect, Bar plain) {}

    private record Window(
            double serviceMillis,
            double p50Millis,
            double p99Millis,
            double perfectP50Millis,
            double perfectP99Millis,
            double answered,
            double hopped,
            double generatorLateP99Millis) {
        /** Else the machine had no time for the generator either, and its delays are in the figure. */
        boolean isSound() {
            return answered >= LEAST_ANSWERED && generatorLateP99Millis < MILLIS;
        }

        double againstPerfect() {
            return p99Millis / perfectP99Millis;
        }
    }

    @Override
    public String name() {
        return "routing";
    }

    @Override
    public void measure(Lab lab) throws Exception {
        try (Replicas pool =
                        Replicas.pool(lab.cluster(), "routed", POOL).await(2).awaitPeers(1);
                Replicas plain = pool.plain().await(2)) {
            Call loop = new Call("/tasks/hold-loop", "{\"millis\":%d,\"times\":100}".formatted(MILLIS));
            Call hold = new Call("/tasks/hold", "{\"millis\":%d}".formatted(MILLIS));
            lab.confirm(pool, hold);
            lab.confirm(plain, hold);
            warm(pool, plain, hold);
            compare(lab, pool, plain, new Work("thread", hold, loop, Bar.atMost(1.25, 1.10), Bar.atMost(0.65, 0.55)));
            // Short ones first: the compiler replaces a loop between its runs, not within a long one.
            Call warmUp = new Call("/tasks/bare", "{\"n\":20000,\"millis\":3000}");
            service(pool, warmUp);
            service(plain, warmUp);
            int n = tune(pool, plain);
            Call bare = new Call("/tasks/bare", "{\"n\":%d,\"millis\":1000}".formatted(n));
            Call spin = new Call("/tasks/spin", "{\"n\":%d}".formatted(n));
            lab.confirm(pool, spin);
            lab.confirm(plain, spin);
            warm(pool, plain, spin);
            compare(lab, pool, plain, new Work("core", spin, bare, Bar.atMost(1.25, 1.10), Bar.atMost(0.65, 0.55)));
        }
    }

    /** The steps of the kernel that take 10 ms, in the middle of all replicas. */
    private static int tune(Replicas pool, Replicas plain) throws IOException {
        double steps = 2_000_000;
        for (int attempt = 0; attempt < 3; attempt++) {
            Call bare = new Call("/tasks/bare", "{\"n\":%d,\"millis\":500}".formatted((int) steps));
            double seconds = (service(pool, bare) + service(plain, bare)) / 2;
            steps *= MILLIS / 1e3 / seconds;
        }
        return (int) steps;
    }

    private static void warm(Replicas pool, Replicas plain, Call call) throws Exception {
        for (Replicas side : List.of(pool, plain)) {
            OpenLoop.run(side, Arrivals.constant(100, 3), i -> call);
        }
    }

    /** A B, B A, …, each pair with the same arrivals and the same draws of who calls. */
    private void compare(Lab lab, Replicas pool, Replicas plain, Work work) throws Exception {
        var ours = new ArrayList<Window>();
        var theirs = new ArrayList<Window>();
        var ratios = new ArrayList<Double>();
        for (int round = 1; round <= (lab.quick() ? 2 : 4); round++) {
            double service = (service(pool, work.bare()) + service(plain, work.bare())) / 2;
            double[] arrivals = Arrivals.poisson(LOAD * 2 / service, lab.quick() ? 10 : 15, round);
            boolean poolFirst = round % 2 == 1;
            Window first = run(poolFirst ? pool : plain, work, arrivals, round);
            Window second = run(poolFirst ? plain : pool, work, arrivals, round);
            Window our = poolFirst ? first : second;
            Window their = poolFirst ? second : first;
            ours.add(our);
            theirs.add(their);
            if (our.isSound() && their.isSound()) {
                ratios.add(our.p99Millis() / their.p99Millis());
            }
        }
        if (ratios.isEmpty() || ours.stream().noneMatch(Window::isSound)) {
            lab.report().note("Tasks of a " + work.what() + " cannot be measured here now: " + ours + theirs);
            return;
        }
        report(lab, work, ours, theirs, ratios);
    }

    private void report(Lab lab, Work work, List<Window> ours, List<Window> theirs, List<Double> ratios) {
        String tasks = "10 ms of a " + work.what();
        List<Double> perfect = ours.stream()
                .filter(Window::isSound)
                .map(Window::againstPerfect)
                .toList();
        lab.report()
                .add(Figure.of(name(), tasks + ": p99 against a perfect queue", Spread.of(perfect), "×", work.perfect())
                        .noise(Spread.noise(perfect))
                        .detail("pool", ours)
                        .detail("plain", theirs));
        lab.report()
                .add(Figure.of(name(), tasks + ": p99 against plain spreading", Spread.of(ratios), "×", work.plain())
                        .noise(Spread.noise(ratios)));
        lab.report()
                .add(Figure.of(
                        name(),
                        tasks + ": plain spreading, perfect",
                        Spread.of(theirs.stream()
                                .filter(Window::isSound)
                                .map(Window::againstPerfect)
                                .toList()),
                        "×",
                        null));
        lab.report()
                .add(Figure.of(
                        name(),
                        tasks + ": requests that hop",
                        Spread.of(ours.stream()
                                .map(window -> window.hopped() * 100)
                                .toList()),
                        "%",
                        null));
    }

    private static Window run(Replicas side, Work work, double[] arrivals, int seed) throws Exception {
        double service = service(side, work.bare());
        try (var connections = new SpreadConnections(side, 2, CONNECTIONS, seed)) {
            Outcome outcome = OpenLoop.run(connections, arrivals, i -> work.call());
            double[] perfect = PerfectQueue.responses(arrivals, 2, service);
            int first = -Arrays.binarySearch(arrivals, LEAD_IN) - 1;
            double[] settled = Arrays.stream(Arrays.copyOfRange(perfect, first, perfect.length))
                    .map(response -> response * 1e3)
                    .toArray();
            double[] real = outcome.goodMillis(LEAD_IN);
            return new Window(
                    service * 1e3,
                    Spread.percentile(real, 0.5),
                    Spread.percentile(real, 0.99),
                    Spread.percentile(settled, 0.5),
                    Spread.percentile(settled, 0.99),
                    outcome.count(200) / (double) arrivals.length,
                    connections.hopped(),
                    outcome.lateP99());
        }
    }

    /** Seconds that one task takes with nothing around it, on all replicas at a time. */
    private static double service(Replicas side, Call bare) throws IOException {
        try (var connections = new SpreadConnections(side, 2, 1, 0)) {
            List<CompletableFuture<Double>> each = connections.replicas().stream()
                    .map(replica -> CompletableFuture.supplyAsync(
                            () -> ask(connections, replica, bare),
                            task -> Thread.ofPlatform().start(task)))
                    .toList();
            return each.stream().mapToDouble(CompletableFuture::join).average().orElseThrow();
        }
    }

    private static double ask(SpreadConnections connections, String replica, Call bare) {
        try {
            Client client = connections.takeTo(replica);
            Answer answer = client.post(bare.path(), bare.json());
            if (answer.status() != 200 || !replica.equals(answer.replica())) {
                throw new IllegalStateException("The bare loop on " + replica + ": " + answer);
            }
            JsonNode measured = answer.json();
            return measured.get("nanos").doubleValue() / measured.get("count").doubleValue() / 1e9;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
