package dev.workerpool.worker.pool;

import java.time.Duration;

/**
 * How hard the current run of one thread has been asked to end: not at all, by interrupts, by a kill; past that its thread
 * is given up. Knows when the next step is due, and takes none itself. Guarded by the monitor of its thread.
 */
final class Ending {
    /** What is to be done about the run now. */
    enum Step {
        /** Nothing yet. */
        WAIT,
        /** It is over its time, and has not been told. */
        TIME_OUT,
        /** It allocated more than it may, and has not been told. */
        OVERSPENT,
        /** It did not listen: interrupt it again, as what waits must wake up to come to a checkpoint, and kill it. */
        KILL,
        /** Not even that ended it. */
        GIVE_UP
    }

    private enum Stage {
        RUNNING,
        INTERRUPTED,
        KILLED,
        GIVEN_UP
    }

    /** Mostly there is no second strike. What is missed by the first, between two classes, is struck soon again. */
    private static final long FIRST_PAUSE = 2_000_000;

    private static final long LONGEST_PAUSE = 10_000_000;

    /** Between two looks at a thread that is given up. */
    static final long LOST_PAUSE = 1_000_000_000;

    private Stage stage = Stage.RUNNING;
    /** When the next step is due. */
    private long deadline;

    private Duration timeout;
    private long killedAt;
    /** Until the next strike. */
    private long pause;

    /** A new run. */
    void begin(long start, Duration timeout) {
        stage = Stage.RUNNING;
        deadline = start + timeout.toNanos();
        this.timeout = timeout;
    }

    /** Of the current run: the one in force when it started. */
    Duration timeout() {
        return timeout;
    }

    /** The run has been told to end. @return whether this was the first time */
    boolean told(long now, long patience) {
        if (stage != Stage.RUNNING) {
            return false;
        }
        stage = Stage.INTERRUPTED;
        deadline = now + patience;
        return true;
    }

    /** The step that is due. Killing is due again and again, until the grace is over. */
    Step next(long now, PoolSettings settings, boolean overspent) {
        if (stage == Stage.RUNNING && overspent) {
            return Step.OVERSPENT;
        }
        if (stage == Stage.GIVEN_UP || deadline - now > 0) {
            return Step.WAIT;
        }
        if (stage == Stage.RUNNING) {
            return Step.TIME_OUT;
        }
        if (stage == Stage.INTERRUPTED) {
            stage = Stage.KILLED;
            killedAt = now;
            pause = FIRST_PAUSE;
        }
        if (now - killedAt >= settings.grace().toNanos()) {
            stage = Stage.GIVEN_UP;
            deadline = now;
            return Step.GIVE_UP;
        }
        deadline = now + pause;
        pause = Math.min(2 * pause, LONGEST_PAUSE);
        return Step.KILL;
    }

    /** Of a thread that is given up: is it time to strike it once more? */
    boolean strikesAgain(long now) {
        if (stage != Stage.GIVEN_UP || deadline - now > 0) {
            return false;
        }
        deadline = now + LOST_PAUSE;
        return true;
    }

    /** When to look again. */
    long deadline() {
        return deadline;
    }

    boolean isKilled() {
        return stage == Stage.KILLED;
    }

    boolean isGivenUp() {
        return stage == Stage.GIVEN_UP;
    }
}
