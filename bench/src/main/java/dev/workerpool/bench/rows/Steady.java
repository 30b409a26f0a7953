package dev.workerpool.bench.rows;

import java.util.function.Predicate;

/** Measures again what something else on the machine has disturbed. */
final class Steady {
    private static final int ATTEMPTS = 4;

    private Steady() {}

    /** What is measured once. */
    interface Measurement<T> {
        T take() throws Exception;
    }

    /** @return the first that was not disturbed, else the last: a machine that is never quiet shows in the noise */
    static <T> T of(Measurement<T> measurement, Predicate<T> undisturbed) throws Exception {
        T taken = measurement.take();
        for (int attempt = 1; attempt < ATTEMPTS && !undisturbed.test(taken); attempt++) {
            taken = measurement.take();
        }
        return taken;
    }
}
