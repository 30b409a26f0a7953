package dev.workerpool.bench.figures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A HorizontalPodAutoscaler on CPU before a queue, by its documented algorithm: a look every 15 s at metrics that are as old
 * as their resolution, {@code ceil(ready pods × utilization ÷ target)}, a tolerance of a tenth, pods that have been Ready for
 * less than one resolution counted as idle, and at most twice as many pods or four more at a time. The load is a fluid and
 * perfectly shared; a pod uses its whole request when it is busy and never more. All of that is in its favour.
 *
 * @param target utilization, such as 0.7
 * @param start seconds from a pod's creation to Ready
 * @param resolution seconds between two looks of the metrics server, each an average over that time
 * @param mostPods its maxReplicas
 * @see <a href="https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details">Algorithm</a>
 */
public record HpaSimulation(double target, double start, double resolution, int mostPods) {
    private static final double SYNC = 15;
    private static final double STEP = 0.1;
    private static final double TOLERANCE = 0.1;
    private static final double AT_MOST = 1200;
    private static final int PHASES = 15;

    /**
     * In pods' worth of work, the load rises from one to another at time 0. The middle case over the moments at which the
     * autoscaler and the metrics may look.
     *
     * @return seconds until the queue stops growing; infinite when it never does
     */
    public double untilQueueStops(double before, double burst) {
        double[] results = new double[PHASES * PHASES];
        for (int i = 0; i < results.length; i++) {
            results[i] = run(before, burst, SYNC * (i % PHASES) / PHASES, resolution * (i / PHASES) / PHASES);
        }
        Arrays.sort(results);
        return results[results.length / 2];
    }

    private double run(double before, double burst, double syncAt, double scrapeAt) {
        var readyAt = new ArrayList<Double>();
        for (int i = 0; i < Math.max(1, Math.ceil(before / target)); i++) {
            readyAt.add(Double.NEGATIVE_INFINITY);
        }
        double nextSync = syncAt;
        double nextScrape = scrapeAt;
        // Since the last look; before the burst the pods are busy as the load has it.
        double busySince = Math.min(1, before / readyAt.size()) * (resolution - scrapeAt);
        double seen = before / readyAt.size();
        double seenAt = scrapeAt - resolution;
        double peak = -1;
        double queue = 0;
        double peakAt = 0;
        for (double now = 0; now < AT_MOST; now += STEP) {
            long ready = ready(readyAt, now);
            queue = Math.max(0, queue + (burst - ready) * STEP);
            busySince += (queue > 0 ? 1 : Math.min(1, burst / ready)) * STEP;
            if (queue > peak) {
                peak = queue;
                peakAt = now;
            }
            if (queue == 0 && ready >= burst) {
                return peakAt;
            }
            if (now >= nextScrape) {
                seen = busySince / resolution;
                seenAt = now;
                busySince = 0;
                nextScrape += resolution;
            }
            if (now >= nextSync) {
                scale(readyAt, Math.min(1, seen), seenAt, now);
                nextSync += SYNC;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    private void scale(List<Double> readyAt, double utilization, double seenAt, double now) {
        int pods = readyAt.size();
        long measured =
                readyAt.stream().filter(ready -> ready + resolution <= seenAt).count();
        double ratio = utilization / target;
        // Those without a whole measurement are taken to be idle when it is about more pods.
        double damped = ratio > 1 ? utilization * measured / pods / target : ratio;
        if (ratio <= 1 + TOLERANCE || damped <= 1 + TOLERANCE) {
            return;
        }
        int wanted = (int) Math.ceil(damped * pods - 1e-9);
        int allowed = Math.min(mostPods, Math.max(2 * pods, pods + 4));
        for (int i = pods; i < Math.min(wanted, allowed); i++) {
            readyAt.add(now + start);
        }
    }

    private static long ready(List<Double> readyAt, double now) {
        return readyAt.stream().filter(ready -> ready <= now).count();
    }
}
