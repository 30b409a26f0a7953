package dev.workerpool.bench.poolrows;

import dev.workerpool.bench.cluster.Replicas;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.load.SteadyLoad;
import dev.workerpool.bench.load.SteadyLoad.Tally;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** All pods are replaced, over and over, while two threads are kept busy for 80% of the time. */
public final class Rollout implements PoolRow {
    private static final String POOL = """
            replicas: 2
            threads: 1
            resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 512Mi}}
            tasks: {artifacts: [{configMap: bench-tasks}]}
            """;
    private static final double RATE = 160;

    @Override
    public String name() {
        return "rollout";
    }

    @Override
    public void measure(Lab lab) throws Exception {
        var seconds = new ArrayList<Double>();
        Tally tally;
        try (Replicas pool =
                        Replicas.pool(lab.cluster(), "rolled", POOL).await(2).awaitPeers(1);
                SteadyLoad load = SteadyLoad.start(pool, new Call("/tasks/hold", "{\"millis\":10}"), RATE)) {
            for (int round = 1; round <= lab.times(20); round++) {
                String label = "r" + round;
                long began = System.nanoTime();
                pool.patch("{\"labels\":{\"round\":\"%s\"}}".formatted(label));
                long done = pool.when(pods -> allNew(pods, label)).get(3, TimeUnit.MINUTES);
                seconds.add((done - began) / 1e9);
            }
            tally = load.stop();
        }
        report(lab, name(), seconds.size() + " rollouts at 80%", tally);
        lab.report().add(Figure.of(name(), "apply → all new, the old ones gone", Spread.of(seconds), "s", null));
    }

    private static boolean allNew(List<Pod> pods, String label) {
        return pods.size() == 2
                && pods.stream()
                        .allMatch(pod ->
                                label.equals(pod.getMetadata().getLabels().get("round")) && Replicas.isReady(pod));
    }

    /** A connection that is refused is a failed request here: there always was a Ready replica. */
    static void report(Lab lab, String row, String what, Tally tally) {
        lab.report()
                .add(Figure.of(
                                row,
                                what + ": failed or lost requests",
                                tally.lost() + tally.unreachable(),
                                "",
                                Bar.atMost(0, 0))
                        .detail("sent", tally.sent())
                        .detail("answered", tally.answered())
                        .detail("connectionsRefused", tally.unreachable())
                        .detail("failures", tally.failures()));
        lab.report().add(Figure.of(row, what + ": requests answered", tally.answered(), "", null));
    }
}
