package dev.workerpool.bench.figures;

import java.util.Arrays;
import java.util.List;

/** How values lie: median, quartiles, range. */
public record Spread(double median, double low, double high, double min, double max, int count) {
    public static Spread of(List<Double> values) {
        return of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    public static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(
                quantile(sorted, 0.5),
                quantile(sorted, 0.25),
                quantile(sorted, 0.75),
                sorted[0],
                sorted[sorted.length - 1],
                sorted.length);
    }

    /** Between the two values it falls between, in proportion. Sorts a copy. */
    public static double percentile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return quantile(sorted, share);
    }

    private static double quantile(double[] sorted, double share) {
        if (sorted.length == 0) {
            throw new IllegalArgumentException("Nothing was measured");
        }
        double at = (sorted.length - 1) * share;
        int below = (int) Math.floor(at);
        int above = (int) Math.ceil(at);
        return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
    }

    /**
     * Like against like: by what factor two successive measurements of one thing differ, in the middle case. A ratio of two
     * things that is nearer to 1 says nothing. 1 where there was one measurement.
     */
    public static double noise(List<Double> successive) {
        if (successive.size() < 2) {
            return 1;
        }
        double[] factors = new double[successive.size() - 1];
        for (int i = 0; i < factors.length; i++) {
            double a = successive.get(i);
            double b = successive.get(i + 1);
            factors[i] = Math.max(a, b) / Math.min(a, b);
        }
        return percentile(factors, 0.5);
    }
}
