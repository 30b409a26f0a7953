package dev.workerpool.operator.report;

import dev.workerpool.api.v1alpha1.WorkerPool;
import java.time.Duration;

/** How often a replica is asked how it is. */
final class AskingPace {

    /** Until a replica that has just started is asked again; then after twice as long, and so on. */
    static final Duration UNTIL_FIRST = Duration.ofSeconds(1);

    static final Duration AFTERWARDS = Duration.ofSeconds(30);

    /** Together. Each costs a fraction of a millisecond. */
    private static final int QUESTIONS_PER_SECOND = 20;

    /** The pause where there are few. */
    private static final Duration SOONEST = Duration.ofSeconds(2);

    /** Of a pool whose number of replicas follows their load. */
    private static final Duration WHILE_AUTOSCALING = Duration.ofSeconds(1);

    private AskingPace() {}

    /** The longest pause between two questions to a replica of this pool that answers. */
    static Duration interval(WorkerPool pool) {
        boolean autoscales = pool.getSpec() != null && pool.getSpec().autoscaling() != null;
        return autoscales ? WHILE_AUTOSCALING : AFTERWARDS;
    }

    /**
     * A replica that has just started is about to answer; one that never does is asked ever less often. That a worker died and
     * was forked again in place, nobody else tells: few replicas are asked often.
     *
     * @param replicas that are asked, of all pools
     */
    static Duration pause(Followed followed, int replicas) {
        Duration few = Duration.ofMillis(replicas * 1000L / QUESTIONS_PER_SECOND);
        Duration next = followed.report != null
                ? min(followed.interval, max(SOONEST, few))
                : min(followed.pause.multipliedBy(2), AFTERWARDS);
        return followed.silences > 0 ? max(next, Turns.pause(followed.silences)) : next;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
