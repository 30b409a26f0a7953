package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitingRunsTest {
    private static final long STEP = 100;

    private final WaitingRuns waiting = new WaitingRuns();

    @BeforeEach
    void age() {
        waiting.age(STEP);
    }

    private static Run run(int urgency, long admittedAt) {
        var run = new Run(null, null, null, null).with(new RunOptions(urgency, null));
        run.admitted(admittedAt);
        return run;
    }

    private Run add(int urgency, long admittedAt) {
        Run run = run(urgency, admittedAt);
        waiting.add(run);
        return run;
    }

    private List<Run> takeAll() {
        var taken = new ArrayList<Run>();
        for (Run run = waiting.next(); run != null; run = waiting.next()) {
            waiting.remove(run);
            taken.add(run);
        }
        return taken;
    }

    @Test
    void startsWhatCameFirstAmongTheEquallyUrgent() {
        Run first = add(3, 1);
        Run second = add(3, 2);
        Run third = add(3, 2);

        assertThat(takeAll()).containsExactly(first, second, third);
    }

    @Test
    void startsTheMoreUrgentFirst() {
        Run least = add(7, 0);
        Run usual = add(3, 10);
        Run most = add(0, 20);

        assertThat(takeAll()).containsExactly(most, usual, least);
    }

    @Test
    void startsWhatHasWaitedForAStepLongerAsIfItWereOneLevelMoreUrgent() {
        Run waited = add(4, 0);
        Run urgent = add(3, STEP + 1);
        assertThat(waiting.next()).isSameAs(waited);

        waiting.remove(waited);
        Run notLongEnough = add(4, 2);
        assertThat(waiting.next()).isSameAs(urgent);
        waiting.remove(urgent);
        assertThat(waiting.next()).isSameAs(notLongEnough);
    }

    @Test
    void prefersTheMoreUrgentOfTwoThatAreEqual() {
        add(4, 0);
        Run urgent = add(3, STEP);

        assertThat(waiting.next()).isSameAs(urgent);
    }

    @Test
    void findsTheOldestWhateverItsUrgency() {
        add(0, 20);
        Run oldest = add(7, 10);
        add(3, 30);

        assertThat(waiting.oldest()).isSameAs(oldest);
        waiting.remove(oldest);
        assertThat(waiting.oldest().admittedAt()).isEqualTo(20);
    }

    @Test
    void isEmptyOnceAllAreTaken() {
        add(2, 0);
        add(5, 0);
        takeAll();

        assertThat(waiting.next()).isNull();
        assertThat(waiting.oldest()).isNull();
    }

    @Test
    void keepsItsOrderWhenTheClockOverflows() {
        Run before = add(3, Long.MAX_VALUE - 1);
        Run after = add(4, Long.MIN_VALUE + 5);

        assertThat(waiting.oldest()).isSameAs(before);
        assertThat(takeAll()).containsExactly(before, after);
    }

    /** Against a plain sorted list: runs come, leave from anywhere, and are taken, a hundred thousand times. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void doesWhatASortedListDoes(long seed) {
        var random = new Random(seed);
        var model = new ArrayList<Run>();
        Comparator<Run> order = Comparator.<Run>comparingLong(
                        run -> run.admittedAt() + run.options().urgency() * STEP)
                .thenComparingInt(run -> run.options().urgency());
        for (long now = 0; now < 100_000; now++) {
            int what = random.nextInt(10);
            if (what < 5 && model.size() < 50) {
                model.add(add(random.nextInt(8), now));
            } else if (what < 7 && !model.isEmpty()) {
                Run gone = model.remove(random.nextInt(model.size()));
                waiting.remove(gone);
                assertThat(gone.queued).isFalse();
            } else {
                Run expected = model.stream().min(order).orElse(null);
                assertThat(waiting.next()).isSameAs(expected);
                assertThat(waiting.oldest())
                        .isSameAs(model.stream()
                                .min(Comparator.comparingLong(Run::admittedAt))
                                .orElse(null));
                if (expected != null) {
                    waiting.remove(expected);
                    model.remove(expected);
                }
            }
        }
    }

    /** More urgent work than can be done, without end: the least urgent run still has its turn in a bounded time. */
    @Test
    void letsNobodyStarve() {
        Run patient = add(7, 0);
        int startedBefore = 0;
        Run started = null;
        for (long now = 1; started != patient; now++) {
            assertThat(now).as("time until its turn").isLessThan(20 * STEP);
            add(0, now);
            add(0, now);
            started = waiting.next();
            waiting.remove(started);
            startedBefore += started == patient ? 0 : 1;
        }
        // Those of the first seven steps, and they come twice as fast as they are started.
        assertThat(startedBefore).isEqualTo((int) (2 * 7 * STEP));
    }
}
