package dev.workerpool.worker.pool;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a run started or made. What has ended is taken out whenever this has doubled, so it grows with what there is at a time, and
 * not with all that comes and goes. Not thread-safe.
 */
final class Pile<T> {
    private static final int FEW = 64;

    private final Predicate<T> ended;
    private final List<T> all = new ArrayList<>();
    private int enough = FEW;

    /** @param ended asked for each at times: answers at once */
    Pile(Predicate<T> ended) {
        this.ended = ended;
    }

    void add(T one) {
        if (isFull()) {
            removeEnded();
        }
        all.add(one);
    }

    /** Will what has ended be taken out before there is more? */
    boolean isFull() {
        return all.size() >= enough;
    }

    void removeEnded() {
        all.removeIf(ended);
        enough = Math.max(FEW, 2 * all.size());
    }

    void removeAll(Collection<T> some) {
        all.removeAll(some);
    }

    Stream<T> stream() {
        return all.stream();
    }
}
