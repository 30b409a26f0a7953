package dev.workerpool.worker.pool;

import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The runs that wait, in the order in which they are to start: by urgency, and yet none waits for ever. Each level of
 * urgency is worth a fixed time of waiting, the ageing step: a run of urgency u starts as if it had come u steps later than
 * it did. So a run can be overtaken only by those that come within seven steps of it, and those of one urgency keep their
 * order.
 *
 * <p>One list per urgency, linked through the runs themselves: nothing is allocated, adding at the end and taking out anywhere take
 * constant time, and finding the next compares eight heads at most. Not thread-safe.
 */
final class WaitingRuns {
    /** How far from a head a wanted run is looked for. */
    private static final int LOOKED_AT = 64;

    private static final int URGENCIES = RunOptions.LEAST_URGENT + 1;

    private final Run[] first = new Run[URGENCIES];
    private final Run[] last = new Run[URGENCIES];

    /** A bit for each urgency that has any: mostly it is one, and then there is nothing to compare. */
    private int present;

    private long ageingNanos;
    private final ToLongFunction<Run> byAge = Run::admittedAt;
    private final ToLongFunction<Run> byUrgency =
            run -> run.admittedAt() + run.options().urgency() * ageingNanos;

    /** @param stepNanos by how much longer a run has to have waited to be as urgent as one of the next level */
    void age(long stepNanos) {
        ageingNanos = stepNanos;
    }

    /** The run that is to start next; null when none waits. */
    Run next() {
        return least(byUrgency);
    }

    /** The first in their order of those that are wanted; null when there is none near a head. */
    Run next(Predicate<Run> wanted) {
        Run least = null;
        for (int left = present; left != 0; left &= left - 1) {
            Run run = first[Integer.numberOfTrailingZeros(left)];
            for (int looked = 1; run != null && !wanted.test(run); looked++) {
                run = looked == LOOKED_AT ? null : run.next;
            }
            if (run != null && (least == null || byUrgency.applyAsLong(run) - byUrgency.applyAsLong(least) < 0)) {
                least = run;
            }
        }
        return least;
    }

    /** The run that has waited for longest; null when none waits. */
    Run oldest() {
        return least(byAge);
    }

    /** Of the heads; the more urgent one of two that are equal. */
    private Run least(ToLongFunction<Run> time) {
        if ((present & (present - 1)) == 0) {
            return present == 0 ? null : first[Integer.numberOfTrailingZeros(present)];
        }
        Run least = null;
        for (int left = present; left != 0; left &= left - 1) {
            Run head = first[Integer.numberOfTrailingZeros(left)];
            if (least == null || time.applyAsLong(head) - time.applyAsLong(least) < 0) {
                least = head;
            }
        }
        return least;
    }

    /** Behind those of its urgency that came before it: nearly always the last, unless it came to a peer first. */
    void add(Run run) {
        int urgency = run.options().urgency();
        Run before = last[urgency];
        while (before != null && before.admittedAt() - run.admittedAt() > 0) {
            before = before.previous;
        }
        Run after = before == null ? first[urgency] : before.next;
        run.previous = before;
        run.next = after;
        if (before == null) {
            first[urgency] = run;
        } else {
            before.next = run;
        }
        if (after == null) {
            last[urgency] = run;
        } else {
            after.previous = run;
        }
        run.queued = true;
        present |= 1 << urgency;
    }

    /** @param run one that waits here */
    void remove(Run run) {
        int urgency = run.options().urgency();
        if (run.previous == null) {
            first[urgency] = run.next;
        } else {
            run.previous.next = run.next;
        }
        if (run.next == null) {
            last[urgency] = run.previous;
        } else {
            run.next.previous = run.previous;
        }
        run.previous = null;
        run.next = null;
        run.queued = false;
        if (first[urgency] == null) {
            present &= ~(1 << urgency);
        }
    }
}
