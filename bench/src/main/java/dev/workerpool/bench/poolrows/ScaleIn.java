package dev.workerpool.bench.poolrows;

import dev.workerpool.bench.cluster.Replicas;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.load.SteadyLoad;
import dev.workerpool.bench.load.SteadyLoad.Tally;
import java.util.concurrent.TimeUnit;

/**
 * From eight replicas to two and back, over and over, under a load that keeps the threads of two busy for 80% of the time:
 * runs of a quarter of a second, so that some are under way wherever a replica goes.
 */
public final class ScaleIn implements PoolRow {
    private static final String POOL = """
            replicas: 2
            threads: 1
            resources: {requests: {cpu: 20m, memory: 192Mi}, limits: {memory: 384Mi}}
            tasks: {artifacts: [{configMap: bench-tasks}]}
            """;
    private static final int MANY = 8;
    private static final int FEW = 2;
    private static final double RATE = 6.4;

    @Override
    public String name() {
        return "scale-in";
    }

    @Override
    public void measure(Lab lab) throws Exception {
        int times = lab.times(20);
        Tally tally;
        try (Replicas pool = Replicas.pool(lab.cluster(), "shrinking", POOL).await(FEW);
                SteadyLoad load = SteadyLoad.start(pool, new Call("/tasks/hold", "{\"millis\":250}"), RATE)) {
            for (int round = 1; round <= times; round++) {
                pool.patch("{\"replicas\":" + MANY + "}");
                pool.await(MANY);
                int before = load.byReplica().size();
                // Until all have had something to do, as a rule: the connections of the callers live for a while.
                TimeUnit.SECONDS.sleep(lab.quick() ? 2 : 3);
                pool.patch("{\"replicas\":" + FEW + "}");
                pool.awaitPods(FEW);
                lab.report()
                        .note("round %d: %d answered, %d lost, %d connections refused; %d replicas ran something"
                                .formatted(
                                        round,
                                        load.answered(),
                                        load.failures().size(),
                                        load.unreachable(),
                                        load.byReplica().size() - before));
            }
            tally = load.stop();
        }
        Rollout.report(lab, name(), times + " times 8 → 2", tally);
    }
}
