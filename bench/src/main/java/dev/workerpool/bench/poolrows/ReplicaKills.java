package dev.workerpool.bench.poolrows;

import dev.workerpool.bench.cluster.Replicas;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.load.SteadyLoad;
import dev.workerpool.bench.load.SteadyLoad.Failure;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The worker of one of two replicas is killed over and over, as soon as it is back: how long it is away, beside a plain
 * Deployment, and which requests fail that the dead worker did not hold. Then the same with whole containers, as when the
 * kernel kills for memory.
 */
public final class ReplicaKills implements PoolRow {
    private static final String POOL = """
            replicas: 2
            threads: 1
            resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 512Mi}}
            tasks: {artifacts: [{configMap: bench-tasks}]}
            """;

    /** 40% of two threads, so that one can bear it. */
    private static final double RATE = 80;

    /** Of the peer, whose fifth takes minutes. */
    private static final int PLAIN_KILLS = 4;

    private static final int CONTAINER_KILLS = 4;

    private static final long AT_MOST_SECONDS = 180;

    /**
     * What one kill did.
     *
     * @param held requests lost that were in the killed worker, executing or waiting
     * @param others that failed
     */
    private record Kill(double seconds, long held, long others, int refused) {}

    @Override
    public String name() {
        return "kills";
    }

    @Override
    public void measure(Lab lab) throws Exception {
        var kills = new ArrayList<Kill>();
        var containerSeconds = new ArrayList<Double>();
        var plainSeconds = new ArrayList<Double>();
        var failures = new ArrayList<Failure>();
        try (Replicas pool =
                Replicas.pool(lab.cluster(), "killed", POOL).await(2).awaitPeers(1)) {
            try (Replicas plain = pool.plain().await(2)) {
                underLoad(lab, pool, kills, failures);
                String kept = pool.ready().getFirst().getMetadata().getName();
                for (int kill = 1; kill <= (lab.quick() ? 2 : CONTAINER_KILLS); kill++) {
                    containerSeconds.add(killContainer(lab, pool, kept));
                    pool.await(2);
                }
                String survivor = plain.ready().getFirst().getMetadata().getName();
                for (int kill = 1; kill <= (lab.quick() ? 2 : PLAIN_KILLS); kill++) {
                    plainSeconds.add(killContainer(lab, plain, survivor));
                    plain.await(2);
                }
            }
        }
        report(lab, kills, failures);
        compare(lab, containerSeconds, plainSeconds);
    }

    private static void underLoad(Lab lab, Replicas pool, List<Kill> kills, List<Failure> failures) throws Exception {
        String survivor = pool.ready().getFirst().getMetadata().getName();
        try (SteadyLoad load = SteadyLoad.start(pool, new Call("/tasks/hold", "{\"millis\":10}"), RATE)) {
            for (int number = 1; number <= (lab.quick() ? 4 : 10); number++) {
                int failedBefore = load.failures().size();
                int refusedBefore = load.unreachable();
                String victim = other(pool, survivor).getMetadata().getName();
                double seconds = killWorker(lab, pool, survivor, number);
                List<Failure> failed = load.failures();
                List<Failure> since = failed.subList(failedBefore, failed.size());
                long held =
                        since.stream().filter(failure -> wasIn(failure, victim)).count();
                kills.add(new Kill(seconds, held, since.size() - held, load.unreachable() - refusedBefore));
                lab.report().note("kill " + number + ": " + kills.getLast());
            }
            failures.addAll(load.failures());
        }
    }

    /**
     * Its connection led there and broke, or the next worker says that the dead one was at it, or another replica had passed
     * it there and says so.
     */
    private static boolean wasIn(Failure failure, String victim) {
        return failure.replica().equals(victim)
                || failure.what().startsWith("500 ") && failure.what().contains("worker-stopped")
                || failure.what().startsWith("502 ") && failure.what().contains(victim);
    }

    private static Pod other(Replicas replicas, String survivor) {
        return replicas.ready().stream()
                .filter(pod -> !pod.getMetadata().getName().equals(survivor))
                .findFirst()
                .orElseThrow();
    }

    /** @return seconds from the kill until the next worker answers; the call of {@code docker exec} is part of it */
    private static double killWorker(Lab lab, Replicas replicas, String survivor, int restart) throws Exception {
        Pod victim = other(replicas, survivor);
        String process = lab.cluster().worker(victim);
        long began = System.nanoTime();
        lab.cluster().kill(process);
        while (!runs(lab, victim, restart)) {
            if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(AT_MOST_SECONDS)) {
                throw new IllegalStateException("No worker was forked again in " + AT_MOST_SECONDS + " s");
            }
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private static boolean runs(Lab lab, Pod pod, int restart) {
        try {
            return lab.cluster().management(pod, "/status").contains("\"restarts\":" + restart + ",");
        } catch (KubernetesClientException e) {
            return false; // Its connection broke with the one that died.
        }
    }

    /** @return seconds from the kill to two Ready replicas again; the call of {@code docker exec} is part of it */
    private static double killContainer(Lab lab, Replicas replicas, String survivor) throws Exception {
        Pod victim = other(replicas, survivor);
        String dead = Replicas.worker(victim).getContainerID();
        String process = lab.cluster().process(victim);
        CompletableFuture<Long> back = replicas.when(pods -> pods.stream()
                .anyMatch(pod -> !pod.getMetadata().getName().equals(survivor)
                        && Replicas.isReady(pod)
                        && !dead.equals(Replicas.worker(pod).getContainerID())));
        long began = System.nanoTime();
        lab.cluster().kill(process);
        return (back.get(AT_MOST_SECONDS, TimeUnit.SECONDS) - began) / 1e9;
    }

    private void report(Lab lab, List<Kill> kills, List<Failure> failures) {
        Spread seconds = Spread.of(kills.stream().map(Kill::seconds).toList());
        lab.report()
                .add(Figure.of(
                                name(),
                                "kill → Ready, the slowest of " + kills.size(),
                                seconds.max(),
                                "s",
                                Bar.atMost(4, 1.5))
                        .detail("kills", kills)
                        .detail("failures", failures));
        lab.report().add(Figure.of(name(), "kill → Ready", seconds, "s", null));
        lab.report()
                .add(Figure.of(
                        name(),
                        "failed requests that the dead did not hold",
                        kills.stream().mapToLong(Kill::others).sum(),
                        "",
                        Bar.atMost(0, 0)));
        lab.report()
                .add(Figure.of(
                        name(),
                        "lost with the dead, per kill (1 executes)",
                        kills.stream().mapToLong(Kill::held).average().orElseThrow(),
                        "",
                        null));
        lab.report()
                .add(Figure.of(
                        name(),
                        "connections refused, per kill",
                        kills.stream().mapToInt(Kill::refused).average().orElseThrow(),
                        "",
                        null));
    }

    private void compare(Lab lab, List<Double> containerSeconds, List<Double> plainSeconds) {
        lab.report()
                .add(Figure.of(
                                name(),
                                "whole container: kill → Ready, the slowest of " + containerSeconds.size(),
                                Spread.of(containerSeconds).max(),
                                "s",
                                Bar.atMost(4, 1.5))
                        .detail("each", containerSeconds));
        lab.report()
                .add(Figure.of(
                                name(),
                                "plain Deployment: kill " + plainSeconds.size() + " → Ready",
                                plainSeconds.getLast(),
                                "s",
                                null)
                        .detail("each", plainSeconds));
    }
}
