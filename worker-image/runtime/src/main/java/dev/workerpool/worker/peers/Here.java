package dev.workerpool.worker.peers;

import java.util.concurrent.TimeUnit;

/**
 * What a request that finds no thread idle would have to wait for at this replica.
 *
 * @param queued runs that wait
 * @param meanRun how long runs have taken of late, in nanoseconds; 0 when unknown
 * @param leastAge for how long the youngest of the runs under way has been so, in nanoseconds; 0 when a thread is in none
 * @param capacity how many may wait; at the peers as well, as far as known
 * @param maxWait for how many nanoseconds they may
 */
record Here(int queued, int threads, long meanRun, long leastAge, int capacity, long maxWait) {
    /**
     * What hardly ever lasts so long and yet does so on every thread is no run of the length that the mean tells of. Less
     * would be one that waits for its core, which a scheduler may give to others for as long.
     */
    static final long OUTLIER_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    /**
     * How long the last of those that wait does, with one more in front: on average the first run to end is half through. One
     * that is old already, unlike those before it, is likely to last for as long again.
     */
    long waitNanos() {
        long byMean = waitNanos(queued, threads, meanRun);
        return leastAge < OUTLIER_NANOS ? byMean : Math.max(byMean, leastAge);
    }

    /** The same for any replica, by what its peers know of it. */
    static long waitNanos(int queued, int threads, long meanRun) {
        return (2L * queued + 1) * meanRun / (2L * Math.max(1, threads));
    }

    /** Would one more be refused, now or when it has waited for as long as it may? */
    boolean refuses() {
        return !mayWait(queued, waitNanos());
    }

    /** Could it wait at a replica with so many before it? */
    boolean mayWaitThere(int theirQueued, int theirThreads) {
        return mayWait(theirQueued, waitNanos(theirQueued, theirThreads, meanRun));
    }

    private boolean mayWait(int before, long wait) {
        return before < capacity && wait <= maxWait;
    }

    /** Is a hop worth it to wait less, or at all? @param there how long it would be at the other replica */
    boolean isWorthAHop(long there) {
        return meanRun == 0 || refuses() || waitNanos() - there >= Routing.HOP_NANOS;
    }

    /** In flight per thread here, for as many threads as a peer has. */
    long inFlight(int theirThreads) {
        return (long) (threads + queued) * theirThreads / Math.max(1, threads);
    }
}
