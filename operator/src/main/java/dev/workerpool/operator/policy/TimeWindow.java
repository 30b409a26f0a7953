package dev.workerpool.operator.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** Values of a while, an hour at most, with their times. Not for concurrent use. */
final class TimeWindow {

    private static final Duration LONGEST = Duration.ofHours(1);

    /** One a second for an hour, and as many more: each change of the spec has the load looked at once more. */
    private static final int MOST = 7_200;

    private record Sample(Instant at, double value) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** Up to here something may be missing. */
    private Instant dropped = Instant.MIN;

    /** @param keep how far back anybody looks: a thousand pools that each remember an hour are a heap of their own */
    void add(Instant at, double value, Duration keep) {
        samples.addLast(new Sample(at, value));
        Instant oldest = at.minus(keep.compareTo(LONGEST) < 0 ? keep : LONGEST);
        while (samples.size() > MOST || samples.getFirst().at.isBefore(oldest)) {
            dropped = samples.removeFirst().at;
        }
    }

    void clear() {
        samples.clear();
        dropped = Instant.MIN;
    }

    /** Whether nothing that far back was forgotten, as it is after the look back became longer. */
    boolean reaches(Duration back, Instant now) {
        return !dropped.isAfter(now.minus(back));
    }

    double average(Duration back, Instant now) {
        double sum = 0;
        int count = 0;
        for (Sample sample : within(back, now)) {
            sum += sample.value;
            count++;
        }
        return count == 0 ? 0 : sum / count;
    }

    double max(Duration back, Instant now) {
        double max = 0;
        for (Sample sample : within(back, now)) {
            max = Math.max(max, sample.value);
        }
        return max;
    }

    double sum(Duration back, Instant now) {
        double sum = 0;
        for (Sample sample : within(back, now)) {
            sum += sample.value;
        }
        return sum;
    }

    /** Newest first, those exactly as old as the window left out. */
    private Iterable<Sample> within(Duration back, Instant now) {
        Instant from = now.minus(back);
        return () -> new Iterator<>() {
            private final Iterator<Sample> all = samples.descendingIterator();
            private Sample next = advance();

            private Sample advance() {
                Sample sample = all.hasNext() ? all.next() : null;
                return sample != null && sample.at.isAfter(from) ? sample : null;
            }

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Sample next() {
                Sample current = next;
                next = advance();
                return current;
            }
        };
    }
}
