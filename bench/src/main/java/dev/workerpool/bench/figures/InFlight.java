package dev.workerpool.bench.figures;

import java.util.Arrays;

/** How many requests were on their way or waiting at a time, from when each was sent and how long its answer took. */
public record InFlight(double[] times, int[] counts) {
    /** @param took seconds, of each arrival; what never was answered counts to the end */
    public static InFlight of(double[] arrivals, double[] took) {
        double[] ends = new double[arrivals.length];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = arrivals[i] + took[i];
        }
        Arrays.sort(ends);
        double[] times = new double[arrivals.length];
        int[] counts = new int[arrivals.length];
        int ended = 0;
        for (int i = 0; i < arrivals.length; i++) {
            while (ended < ends.length && ends[ended] <= arrivals[i]) {
                ended++;
            }
            times[i] = arrivals[i];
            counts[i] = i + 1 - ended;
        }
        return new InFlight(times, counts);
    }

    public int most() {
        return Arrays.stream(counts).max().orElse(0);
    }

    /** When there were most, for the first time. */
    public double peak() {
        int most = most();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == most) {
                return times[i];
            }
        }
        throw new IllegalStateException("Nothing was sent");
    }
}
