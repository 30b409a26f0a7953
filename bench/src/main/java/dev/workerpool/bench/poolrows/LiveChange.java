package dev.workerpool.bench.poolrows;

import dev.workerpool.bench.cluster.Replicas;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.figures.Spread;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * From {@code kubectl apply} of other threads and config to the status that says that all replicas run with them, which is
 * written after the last has said so; then each replica is asked.
 */
public final class LiveChange implements PoolRow {
    private static final String POOL = """
            replicas: %d
            threads: %d
            config: {round: "%d"}
            resources: {requests: {cpu: 20m, memory: 128Mi}, limits: {memory: 384Mi}}
            """;
    private static final String NAME = "changing";
    private static final int REPLICAS = 10;

    @Override
    public String name() {
        return "live-change";
    }

    @Override
    public void measure(Lab lab) throws Exception {
        var fromApply = new ArrayList<Double>();
        var fromAccepted = new ArrayList<Double>();
        try (Replicas pool = Replicas.pool(lab.cluster(), NAME, spec(0)).await(REPLICAS)) {
            for (int round = 1; round <= lab.times(10) + 1; round++) {
                String value = Integer.toString(round);
                CompletableFuture<Long> accepted = pool.whenPool(resource -> hasConfig(resource, value));
                CompletableFuture<Long> inForce =
                        pool.whenPool(resource -> hasConfig(resource, value) && isInForce(resource));
                long began = System.nanoTime();
                lab.cluster().kubectlApply(Replicas.manifest(NAME, spec(round)));
                long end = inForce.get(1, TimeUnit.MINUTES);
                confirm(lab, pool, round);
                // The first message to a worker loads what it needs for it; that is a figure of its own.
                if (round == 1) {
                    lab.report().add(Figure.of(name(), "the first change", (end - began) / 1e9, "s", null));
                } else {
                    fromApply.add((end - began) / 1e9);
                    fromAccepted.add((end - accepted.get(1, TimeUnit.SECONDS)) / 1e9);
                }
            }
        }
        Spread spread = Spread.of(fromApply);
        lab.report()
                .add(Figure.of(name(), "kubectl apply → in force on 10 replicas", spread, "s", Bar.atMost(2, 0.5))
                        .noise(Spread.noise(fromApply))
                        .detail("each", fromApply));
        lab.report().add(Figure.of(name(), "… the slowest", spread.max(), "s", Bar.atMost(2, 0.5)));
        lab.report()
                .add(Figure.of(name(), "… without kubectl's own time", Spread.of(fromAccepted), "s", null)
                        .detail("each", fromAccepted));
    }

    private static String spec(int round) {
        return POOL.formatted(REPLICAS, 1 + round % 2, round);
    }

    private static boolean hasConfig(GenericKubernetesResource pool, String value) {
        return value.equals(pool.get("spec", "config", "round"));
    }

    private static boolean isInForce(GenericKubernetesResource pool) {
        return pool.get("status", "settings", "generation") instanceof Number generation
                && generation.longValue() == pool.getMetadata().getGeneration()
                && Objects.equals(pool.get("status", "settings", "replicas"), REPLICAS);
    }

    private static void confirm(Lab lab, Replicas pool, int round) {
        String threads = "\"threads\":" + (1 + round % 2);
        for (Pod pod : pool.ready()) {
            String settings = lab.cluster().management(pod, "/settings");
            if (!settings.contains("\"round\":\"" + round + "\"") || !settings.contains(threads)) {
                throw new IllegalStateException(pod.getMetadata().getName() + " runs with " + settings);
            }
        }
    }
}
