package dev.workerpool.bench.figures;

/** The straight line through measurements, and how far they lie about it. */
public record LinearFit(double intercept, double slope, double residual) {
    /** Least squares. Of three points or more. */
    public static LinearFit of(double[] x, double[] y) {
        int n = x.length;
        if (n < 3 || n != y.length) {
            throw new IllegalArgumentException("A fit needs three points or more, not " + n);
        }
        double meanX = mean(x);
        double meanY = mean(y);
        double sumXX = 0;
        double sumXY = 0;
        for (int i = 0; i < n; i++) {
            sumXX += (x[i] - meanX) * (x[i] - meanX);
            sumXY += (x[i] - meanX) * (y[i] - meanY);
        }
        double slope = sumXX == 0 ? 0 : sumXY / sumXX;
        double intercept = meanY - slope * meanX;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double off = y[i] - intercept - slope * x[i];
            squares += off * off;
        }
        return new LinearFit(intercept, slope, Math.sqrt(squares / (n - 2)));
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    public double at(double x) {
        return intercept + slope * x;
    }

    /** Growth over the range that cannot be told from the scatter about the line is none. */
    public double growth(double from, double to) {
        return at(to) - at(from);
    }
}
