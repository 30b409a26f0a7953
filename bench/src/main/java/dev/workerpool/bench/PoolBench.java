package dev.workerpool.bench;

import dev.workerpool.bench.cluster.Cluster;
import dev.workerpool.bench.figures.Report;
import dev.workerpool.bench.poolrows.Burst;
import dev.workerpool.bench.poolrows.IdleHop;
import dev.workerpool.bench.poolrows.LiveChange;
import dev.workerpool.bench.poolrows.PoolRow;
import dev.workerpool.bench.poolrows.PoolRow.Lab;
import dev.workerpool.bench.poolrows.ReplicaKills;
import dev.workerpool.bench.poolrows.Rollout;
import dev.workerpool.bench.poolrows.RoutingTail;
import dev.workerpool.bench.poolrows.ScaleIn;
import dev.workerpool.bench.tasks.Bare;
import dev.workerpool.bench.tasks.Hold;
import dev.workerpool.bench.tasks.HoldLoop;
import dev.workerpool.bench.tasks.Spin;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code ./bench.sh pool}, once there is a cluster with the operator. */
public final class PoolBench {
    private static final List<PoolRow> ROWS = List.of(
            new RoutingTail(),
            new IdleHop(),
            new Rollout(),
            new ScaleIn(),
            new ReplicaKills(),
            new LiveChange(),
            new Burst());

    private PoolBench() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 1 && "--rows".equals(arguments[0])) {
            ROWS.forEach(row -> System.out.println(row.name()));
            return;
        }
        System.exit(run(Options.values(arguments)) ? 0 : 1);
    }

    /** @return whether every row could be measured */
    private static boolean run(Map<String, String> options) throws Exception {
        boolean quick = "yes".equals(options.get("quick"));
        Set<String> only = Options.names(options.getOrDefault("only", ""));
        var report = new Report(new PrintStream(System.out, true, StandardCharsets.UTF_8));
        Path folder = Path.of(options.get("folder"));
        Path jar = TaskJarFile.write(
                folder.resolve("bench-tasks.jar"), Spin.class, Bare.class, Hold.class, HoldLoop.class);
        boolean whole = true;
        long began = System.nanoTime();
        try (var cluster = new Cluster(options.get("container"), options.get("node"))) {
            cluster.prepare(jar);
            var lab = new Lab(cluster, report, quick);
            for (PoolRow row : ROWS) {
                if (only.isEmpty() || only.contains(row.name())) {
                    whole &= measure(row, lab);
                }
            }
        }
        if (!report.isEmpty()) {
            report.print();
            ResultFile.write(
                    Path.of(options.get("results")),
                    "pool",
                    options.getOrDefault("commit", ""),
                    quick,
                    report,
                    Map.of("seconds", (System.nanoTime() - began) / 1e9));
        }
        return whole;
    }

    /** One row that fails is told, and the others are measured all the same. */
    private static boolean measure(PoolRow row, Lab lab) {
        try {
            row.measure(lab);
            return true;
        } catch (Exception e) {
            lab.report().note(row.name() + " could not be measured: " + e);
            e.printStackTrace();
            return false;
        }
    }
}
