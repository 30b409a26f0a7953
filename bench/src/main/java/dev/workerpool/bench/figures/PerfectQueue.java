package dev.workerpool.bench.figures;

/** What no server can beat: one queue before c servers that lose no time, fed the arrivals that the real one was fed. */
public final class PerfectQueue {
    private PerfectQueue() {}

    /** @param service the time of every task. @return response times, all in seconds */
    public static double[] responses(double[] arrivals, int servers, double service) {
        double[] free = new double[servers];
        double[] responses = new double[arrivals.length];
        for (int i = 0; i < arrivals.length; i++) {
            int first = 0;
            for (int server = 1; server < servers; server++) {
                if (free[server] < free[first]) {
                    first = server;
                }
            }
            free[first] = Math.max(free[first], arrivals[i]) + service;
            responses[i] = free[first] - arrivals[i];
        }
        return responses;
    }
}
