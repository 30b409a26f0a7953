package dev.workerpool.bench.poolrows;

import dev.workerpool.bench.cluster.Replicas;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.HpaSimulation;
import dev.workerpool.bench.figures.InFlight;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.Arrivals;
import dev.workerpool.bench.load.OpenLoop;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.load.OpenLoop.Outcome;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * From a third of a replica's thread to twenty times as much, at once, with autoscaling as it is by default: when does the
 * queue stop growing? Tasks keep their thread and use no core, so that ten replicas fit on a small machine. A
 * HorizontalPodAutoscaler on CPU would see nothing of such tasks; it is therefore simulated, with tasks that use a core each
 * and a start of its pods as fast as the fastest here.
 */
public final class Burst implements PoolRow {
    private static final String POOL = """
            threads: 1
            autoscaling: {minReplicas: 1, maxReplicas: 12, targetUtilization: 70}
            queue: {capacity: 100000, maxWait: 1h}
            resources: {requests: {cpu: 20m, memory: 128Mi}, limits: {memory: 384Mi}}
            tasks: {artifacts: [{configMap: bench-tasks}]}
            """;
    private static final int MOST = 12;
    private static final double TARGET = 0.7;

    /** In threads' worth of work. */
    private static final double BEFORE = 0.35;

    private static final double FACTOR = 20;
    private static final double TASK_SECONDS = 0.1;
    private static final double LEAD_IN = 15;
    private static final double METRICS_RESOLUTION = 15;

    /** @param stopsAfter seconds from the burst until the queue stops growing */
    private record Try(double stopsAfter, int most, double fastestStart, double slowestStart, long failed) {}

    @Override
    public String name() {
        return "burst";
    }

    @Override
    public void measure(Lab lab) throws Exception {
        if (lab.cluster().hasMetricsServer()) {
            lab.report()
                    .note("This cluster has a metrics server; the HorizontalPodAutoscaler is simulated all the same.");
        }
        var tries = new ArrayList<Try>();
        for (int round = 1; round <= (lab.quick() ? 1 : 3); round++) {
            tries.add(run(lab, round));
            lab.report().note("burst " + round + ": " + tries.getLast());
        }
        Spread ours = Spread.of(tries.stream().map(Try::stopsAfter).toList());
        double start = tries.stream().mapToDouble(Try::fastestStart).min().orElseThrow();
        double hpa =
                new HpaSimulation(TARGET, start, METRICS_RESOLUTION, MOST).untilQueueStops(BEFORE, BEFORE * FACTOR);
        lab.report()
                .add(Figure.of(name(), "1 → 20×: the queue stops growing after", ours, "s", null)
                        .detail("tries", tries));
        lab.report()
                .add(Figure.of(name(), "an HPA on CPU, SIMULATED", hpa, "s", null)
                        .detail("start", start)
                        .detail("resolution", METRICS_RESOLUTION));
        lab.report()
                .add(Figure.of(name(), "against the simulated HPA", ours.median() / hpa, "×", Bar.atMost(0.3, 0.15)));
    }

    private static Try run(Lab lab, int seed) throws Exception {
        double seconds = lab.quick() ? 30 : 45;
        double rate = BEFORE / TASK_SECONDS;
        double[] arrivals = DoubleStream.concat(
                        Arrays.stream(Arrivals.poisson(rate, LEAD_IN, seed)),
                        Arrays.stream(Arrivals.poisson(rate * FACTOR, seconds, seed))
                                .map(at -> LEAD_IN + at))
                .toArray();
        Call call = new Call("/tasks/hold", "{\"millis\":%d}".formatted((int) (TASK_SECONDS * 1000)));
        try (Replicas pool = Replicas.pool(lab.cluster(), "bursting", POOL).await(1)) {
            Outcome outcome = OpenLoop.run(pool, arrivals, i -> call);
            double[] took = Arrays.stream(outcome.latencies())
                    .mapToDouble(nanos -> nanos / 1e9)
                    .toArray();
            var inFlight = InFlight.of(arrivals, took);
            List<Double> starts =
                    pool.pods().stream().map(Burst::startSeconds).sorted().toList();
            return new Try(
                    Math.max(0, inFlight.peak() - LEAD_IN),
                    inFlight.most(),
                    starts.getFirst(),
                    starts.getLast(),
                    arrivals.length - outcome.count(200));
        }
    }

    /** To the second, as the API tells it; a second at least. */
    private static double startSeconds(Pod pod) {
        Instant created = Instant.parse(pod.getMetadata().getCreationTimestamp());
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .map(condition -> Duration.between(created, Instant.parse(condition.getLastTransitionTime())))
                .mapToDouble(Duration::toSeconds)
                .map(seconds -> Math.max(1, seconds))
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }
}
