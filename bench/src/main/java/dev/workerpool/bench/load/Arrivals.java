package dev.workerpool.bench.load;

import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** When requests come, in seconds. */
public final class Arrivals {
    private Arrivals() {}

    /** As from many callers who know nothing of each other. The same seed gives the same times. */
    public static double[] poisson(double rate, double seconds, long seed) {
        var random = new Random(seed);
        var builder = java.util.stream.DoubleStream.builder();
        for (double at = next(random, rate); at < seconds; at += next(random, rate)) {
            builder.add(at);
        }
        return builder.build().toArray();
    }

    private static double next(Random random, double rate) {
        return -Math.log(1 - random.nextDouble()) / rate;
    }

    /** One every so often. */
    public static double[] constant(double rate, double seconds) {
        double[] arrivals = new double[(int) (rate * seconds)];
        for (int i = 0; i < arrivals.length; i++) {
            arrivals[i] = i / rate;
        }
        return arrivals;
    }

    /** Until then, by {@link System#nanoTime}. */
    static void await(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
