package dev.workerpool.operator.status;

/**
 * How busy a replica, or a pool of them, is.
 *
 * @param threads tasks it can run at a time
 * @param active tasks that run
 * @param queued tasks that wait for a thread
 * @param completed tasks that ended since it told before
 * @param refused tasks for which no thread was to be had in time, since it told before
 */
public record Load(int threads, int active, int queued, long completed, long refused) {

    public static final Load NONE = new Load(0, 0, 0);

    public Load(int threads, int active, int queued) {
        this(threads, active, queued, 0, 0);
    }

    public int inFlight() {
        return active + queued;
    }

    public int idle() {
        return Math.max(0, threads - active);
    }

    public Load plus(Load other) {
        return new Load(
                threads + other.threads,
                active + other.active,
                queued + other.queued,
                completed + other.completed,
                refused + other.refused);
    }
}
