package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.PerfectQueue;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.Arrivals;
import dev.workerpool.bench.load.BareThreads;
import dev.workerpool.bench.load.OpenLoop;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.load.OpenLoop.Outcome;
import dev.workerpool.bench.process.ProcFs;
import dev.workerpool.bench.process.Server;
import dev.workerpool.bench.tasks.Spin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tasks of 10 ms at 80% load, arriving as they like: the tail beside that of a queue before two servers that lose no time. */
public final class OpenLoopTail implements Row {
    private static final double SERVICE_NANOS = 1e7;
    private static final double LOAD = 0.8;
    private static final double LEAD_IN = 2;
    private static final double WARM_UP_RATE = 2000;
    private static final double WARM_UP_SECONDS = 15;
    private static final double LEAST_ANSWERED = 0.98;

    /** So that the kernel is not left out for want of anybody who looks at what comes of it. */
    private static volatile int sink;

    @Override
    public String name() {
        return "open-loop";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        var ratios = new ArrayList<Double>();
        var besideGenerator = new ArrayList<Double>();
        var bare = new ArrayList<Double>();
        var runs = new ArrayList<Run>();
        try (Server worker = bench.sides().worker(2)) {
            worker.awaitCorrectAnswer();
            BareLoop.run(worker, 20_000, 2000);
            int n = BareLoop.tune(worker, SERVICE_NANOS);
            warmUp(worker, n, bench.quick() ? 5 : 20);
            for (int round = 1; round <= (bench.quick() ? 1 : 4); round++) {
                int seed = round;
                Run run = Steady.of(() -> run(worker, n, bench.quick() ? 12 : 25, seed), Run::undisturbed);
                runs.add(run);
                if (run.answered() >= LEAST_ANSWERED) {
                    ratios.add(run.p99Millis() / run.perfectP99Millis());
                    besideGenerator.add(run.p99Millis() / run.besideGeneratorP99Millis());
                }
                bare.add(bare(n, bench.quick() ? 12 : 25, seed));
            }
        }
        if (ratios.isEmpty()) {
            throw new IllegalStateException("Every run fell below 98% of its rate");
        }
        report(bench, ratios, besideGenerator, bare, runs);
    }

    /**
     * As many requests as both compilers need to be done with the way from generator to task and back: at 160 a second that
     * would be minutes, in which what is measured is mostly that. Then the very load, to which they adapt what they learnt of
     * empty tasks.
     */
    private static void warmUp(Server worker, int n, double seconds) throws InterruptedException {
        OpenLoop.run(
                worker, Arrivals.constant(WARM_UP_RATE, WARM_UP_SECONDS), i -> new Call("/tasks/spin", "{\"n\":1}"));
        double rate = LOAD * 2 / (SERVICE_NANOS / 1e9);
        OpenLoop.run(worker, Arrivals.poisson(rate, seconds, 0), i -> new Call("/tasks/spin", "{\"n\":" + n + "}"));
    }

    private void report(
            Bench bench, List<Double> ratios, List<Double> besideGenerator, List<Double> bare, List<Run> runs) {
        bench.report()
                .add(Figure.of(
                                name(),
                                "10 ms at 80%: p99 against a perfect queue",
                                Spread.of(ratios),
                                "×",
                                Bar.atMost(1.10, 1.05))
                        .noise(Spread.noise(ratios))
                        .detail("runs", runs));
        bench.report()
                .add(Figure.of(
                                name(),
                                "the same against a perfect queue whose servers do the generator's work too",
                                Spread.of(besideGenerator),
                                "×",
                                null)
                        .noise(Spread.noise(besideGenerator)));
        bench.report()
                .add(Figure.of(
                                name(),
                                "the same without a server: two bare threads of the generator",
                                Spread.of(bare),
                                "×",
                                null)
                        .noise(Spread.noise(bare)));
    }

    /** What the machine leaves of the perfect queue when nothing but its scheduler comes between generator and kernel. */
    private static double bare(int n, double seconds, int seed) throws Exception {
        try (var threads = new BareThreads(2, () -> sink = Spin.spin(n))) {
            threads.service(1);
            double before = threads.service(1);
            double[] arrivals = Arrivals.poisson(LOAD * 2 / before, seconds, seed);
            double[] responses = threads.responses(arrivals);
            double[] perfect = PerfectQueue.responses(arrivals, 2, before);
            int first = -Arrays.binarySearch(arrivals, LEAD_IN) - 1;
            return p99(responses, first) / p99(perfect, first);
        }
    }

    private static double p99(double[] responses, int first) {
        return Spread.percentile(Arrays.copyOfRange(responses, first, responses.length), 0.99);
    }

    /** In milliseconds, of those that arrive after the lead-in. */
    private static double[] perfect(double[] arrivals, double service) {
        int first = -Arrays.binarySearch(arrivals, LEAD_IN) - 1;
        double[] responses = PerfectQueue.responses(arrivals, 2, service);
        return Arrays.stream(responses, first, responses.length)
                .map(response -> response * 1e3)
                .toArray();
    }

    private record Run(
            double serviceMillis,
            double p50Millis,
            double p99Millis,
            double perfectP50Millis,
            double perfectP99Millis,
            double answered,
            double generatorLateP99Millis,
            double generatorCpuMicros,
            double serverCpuMicros,
            double besideGeneratorP99Millis,
            boolean undisturbed) {}

    private static Run run(Server worker, int n, double seconds, int seed) throws Exception {
        var before = BareLoop.run(worker, n, 1000);
        // The arrivals follow the first loop; the perfect queue is given the mean of both.
        double[] arrivals = Arrivals.poisson(LOAD * before.rate(), seconds, seed);
        double generatorBefore = ProcFs.cpuOfSelf();
        double serverBefore = worker.cpu();
        Outcome outcome = OpenLoop.run(worker, arrivals, i -> new Call("/tasks/spin", "{\"n\":" + n + "}"));
        double generator = (ProcFs.cpuOfSelf() - generatorBefore) / arrivals.length;
        double server = (worker.cpu() - serverBefore) / arrivals.length;
        var after = BareLoop.run(worker, n, 1000);
        double service = (before.nanosPerTask() + after.nanosPerTask()) / 2e9;
        double[] perfect = perfect(arrivals, service);
        double[] besideGenerator = perfect(arrivals, service + generator);
        double[] real = outcome.goodMillis(LEAD_IN);
        return new Run(
                service * 1e3,
                Spread.percentile(real, 0.5),
                Spread.percentile(real, 0.99),
                Spread.percentile(perfect, 0.5),
                Spread.percentile(perfect, 0.99),
                outcome.count(200) / (double) arrivals.length,
                outcome.lateP99(),
                generator * 1e6,
                (server - service) * 1e6,
                Spread.percentile(besideGenerator, 0.99),
                before.isLike(after));
    }
}
